# One image for both: `start --web` answers requests, `start --worker` does the work behind them; without a flag one process does both.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node tools/run/run.mjs build && npm prune --omit=dev && rm -rf .cache/test

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app ./
# Where the embedded database lives when DATABASE_URL is not set.
RUN install -d -o node -g node .data
VOLUME /app/.data
USER node
EXPOSE 3000
CMD ["node", "tools/run/run.mjs", "start"]
