# The server as a service app: with a private key, no person, no keychain.
#   docker build -t okta-mcp .
#   docker run -i --rm -e OKTA_ORG_URL -e OKTA_CLIENT_ID -e OKTA_SCOPES -e OKTA_KEY_ID \
#     -e OKTA_PRIVATE_KEY_FILE=/run/secrets/okta-key.pem -v "$PWD/key.pem:/run/secrets/okta-key.pem:ro" okta-mcp
FROM node:22.21-alpine3.22 AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY bin bin
COPY sandbox sandbox
COPY scripts scripts
COPY src src
COPY tools tools
RUN npm run build

FROM node:22.21-alpine3.22
LABEL org.opencontainers.image.title="okta-mcp" \
      org.opencontainers.image.licenses="Apache-2.0" \
      io.modelcontextprotocol.server.name="io.github.okta-mcp/okta-mcp"
ENV NODE_ENV=production \
    OKTA_MCP_TOKEN_STORE=memory
WORKDIR /app
COPY --from=build /build/dist ./
COPY LICENSE ./
USER node
ENTRYPOINT ["node", "/app/okta-mcp.js"]
