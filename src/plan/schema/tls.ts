import { z } from "zod";
import { flag, text } from "./fields.ts";

/** How a server is trusted, wherever a plan names one. */
export const tls = z
  .strictObject({
    verify: flag("Verify", "Whether the server's certificate is verified. Default: true.").optional(),
    ca: text("CA file", "A PEM file with the certificate authority to trust.").optional(),
    serverName: text(
      "Server name",
      "The name to ask for (SNI) and to verify, where it is not the URL's host.",
    ).optional(),
  })
  .meta({ title: "TLS", description: "How the server is trusted." });
