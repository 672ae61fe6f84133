import { expect, test } from "vitest";

import { errorOf, sentence } from "./errors";

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  errorOf(new Response(body, { status, headers }));

test("an application's refusal is its sentence and its stable word", async () => {
  const error = await answer(409, '{"detail":"Taken","status":409,"code":"already_taken"}');
  expect([error.detail, error.code, error.isCredential]).toEqual(["Taken", "already_taken", false]);
});

test("the authentication layer's refusal is told apart", async () => {
  const error = await answer(401, '{"error":{"code":401,"message":"The session has ended."}}');
  expect([error.detail, error.isCredential]).toEqual(["The session has ended.", true]);
});

test("a page that is not ours becomes a sentence", async () => {
  const error = await answer(502, "<html>Bad gateway</html>");
  expect(error.detail).toBe("The server answered 502.");
});

test("seconds to wait are read", async () => {
  const error = await answer(429, '{"detail":"Slow down","status":429}', { "retry-after": "7" });
  expect(error.retrySeconds).toBe(7);
});

test.each([
  ["Bad Request: name: Required", "Name: Required"],
  ["Bad Request: currentPassword: Password is wrong", "Current password: Password is wrong"],
  ["Bad Request: Invalid JSON", "Invalid JSON"],
  ["Bad Request: query.fields.0: Required", "query.fields.0: Required"],
  ["Another group has that name", "Another group has that name"],
])("%j is said as %j", async (detail, said) => {
  expect(sentence(await answer(400, JSON.stringify({ detail, status: 400 })))).toBe(said);
});
