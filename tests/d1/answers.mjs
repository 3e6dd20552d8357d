// What every call of Cloudflare's REST API answers.

export const success = (result) => Response.json({ result, success: true, errors: [], messages: [] });

export const failure = (status, code, message) =>
  Response.json({ result: [], success: false, errors: [{ code, message }], messages: [] }, { status });

// What to answer instead of what was asked for, to those who do not have the token.
export function authenticated(request, env) {
  const header = request.headers.get("Authorization");
  if (header === null) return failure(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  if (header !== `Bearer ${env.TOKEN}`) return failure(401, 10000, "Authentication error");
  return undefined;
}
