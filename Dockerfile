# Two images of one build. The last one, which is the default: the server as a service app, with a private key, no person,
# no keychain.
#   docker build -t okta-mcp .
#   docker run -i --rm -e OKTA_ORG_URL -e OKTA_CLIENT_ID -e OKTA_SCOPES -e OKTA_KEY_ID \
#     -e OKTA_PRIVATE_KEY_FILE=/run/secrets/okta-key.pem -v "$PWD/key.pem:/run/secrets/okta-key.pem:ro" okta-mcp
# The other one: the server of a company, as deploy/compose.yaml and deploy/kubernetes run it.
#   docker build --target serve -t okta-mcp-serve .
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

# Nothing but /var/lib/okta-mcp is written to, so the root file system may be read-only. Nothing of it needs a shell. The
# user has a number, since Kubernetes cannot tell by a name that it is not root.
FROM node:22.21-alpine3.22 AS serve
LABEL org.opencontainers.image.title="okta-mcp serve" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/dist ./
COPY LICENSE ./
# The folder of data_dir in serve.json lies in here. A new volume takes over the owner and the mode.
RUN install -d -o 1000 -g 1000 -m 700 /var/lib/okta-mcp
VOLUME /var/lib/okta-mcp
EXPOSE 8480
USER 1000:1000
# /healthz says that the process answers. Whether it should get requests says /readyz, which is for balancers.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8480/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/okta-mcp.js", "serve"]
CMD ["--config", "/etc/okta-mcp/serve.json"]

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
