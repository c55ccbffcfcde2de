// Errors in the shape of google.rpc.Status.

const codes: Record<string, number> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Thrown by the stand-in's own code; becomes the JSON body that Google sends. */
export class ApiError extends Error {
  readonly word: string;
  readonly reason: string | undefined;
  readonly field: string | undefined;

  constructor(word: string, message: string, reason?: string, field?: string) {
    super(message);
    this.word = word;
    this.reason = reason;
    this.field = field;
  }

  get status(): number {
    return codes[this.word] ?? 400;
  }

  body(): Record<string, unknown> {
    const { reason, field } = this;
    const details = [
      ...(reason === undefined ? [] : [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "datamanager.googleapis.com" }]),
      ...(field === undefined
        ? []
        : [
            {
              "@type": "type.googleapis.com/google.rpc.BadRequest",
              fieldViolations: [{ field, description: this.message, ...(reason === undefined ? {} : { reason }) }],
            },
          ]),
    ];
    return { error: { code: this.status, message: this.message, status: this.word, ...(details.length === 0 ? {} : { details }) } };
  }
}

export const knownWords: readonly string[] = Object.keys(codes);

/** A field or value that is not right. Google refuses the whole call for one of them. */
export const invalid = (field: string, message: string, reason = "INVALID_ARGUMENT"): ApiError => new ApiError("INVALID_ARGUMENT", message, reason, field);
