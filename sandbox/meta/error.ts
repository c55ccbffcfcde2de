// Errors in the shape of the Graph API.
import { randomBytes } from "node:crypto";

export type GraphErrorFields = {
  message: string;
  type?: "OAuthException" | "GraphMethodException";
  code: number;
  subcode?: number;
  transient?: boolean;
  title?: string;
  userMessage?: string;
  status?: number;
};

/** Thrown by the stand-in's own code; becomes the JSON body that Meta sends. */
export class GraphError extends Error {
  readonly fields: GraphErrorFields;

  constructor(fields: GraphErrorFields) {
    super(fields.message);
    this.fields = fields;
  }

  get status(): number {
    // Meta answers most refusals with 400, whatever they are; the code tells them apart.
    return this.fields.status ?? (this.fields.code === 1 || this.fields.code === 2 ? 500 : 400);
  }

  body(): Record<string, unknown> {
    const { message, type, code, subcode, transient, title, userMessage } = this.fields;
    return {
      error: {
        message,
        type: type ?? "OAuthException",
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(transient === undefined ? {} : { is_transient: transient }),
        ...(title === undefined ? {} : { error_user_title: title }),
        ...(userMessage === undefined ? {} : { error_user_msg: userMessage }),
        fbtrace_id: "A" + randomBytes(16).toString("base64url"),
      },
    };
  }
}

/** (#100): a parameter, field or value that is not right. */
export function invalid(message: string, subcode?: number): GraphError {
  return new GraphError({ message: `(#100) ${message}`, code: 100, ...(subcode === undefined ? {} : { subcode }) });
}

/** 100/33: no such object, or not for this token, or not with this method. */
export function missingObject(method: string, id: string): GraphError {
  return new GraphError({
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
    type: "GraphMethodException",
    code: 100,
    subcode: 33,
  });
}

/** 190: the token is not good any more; the subcode says why. */
export function badToken(message: string, subcode?: number): GraphError {
  return new GraphError({ message, code: 190, status: 401, ...(subcode === undefined ? {} : { subcode }) });
}

export const expiredToken = (): GraphError => badToken("Error validating access token: Session has expired. The session is no longer valid.", 463);

/** 200/1870090: somebody must accept the Custom Audience Terms first. */
export function termsNotAccepted(accountId: string): GraphError {
  return new GraphError({
    message: "(#200) Permissions error",
    code: 200,
    subcode: 1870090,
    status: 403,
    transient: false,
    title: "Custom Audience Terms Not Accepted",
    userMessage: `You'll need to agree to the Custom Audience terms before you can create or edit an audience: https://business.facebook.com/ads/manage/customaudiences/tos/?act=${accountId}`,
  });
}
