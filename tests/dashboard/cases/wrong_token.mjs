// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A wrong token is not taken, many are slowed down, and a right one lets in all the same.

import assert from "node:assert/strict";

export default async function (visitor) {
  const page = await visitor.open();
  await page.goto(visitor.url);
  const token = page.getByLabel("Token", { exact: true });
  const go = page.getByRole("button", { name: /^Sign in/ });
  const problem = page.getByRole("alert").filter({ hasText: /\S/ }).first();
  await token.fill("0123");
  await go.click();
  await problem.waitFor();
  assert.match(await problem.textContent(), /token/i);
  assert.equal(await token.getAttribute("aria-invalid"), "true");
  await visitor.shot();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press("Enter");
    await page.waitForTimeout(100);
    if (/in \d+ s/.test(await go.textContent())) break;
  }
  await page.getByText(/^Too many wrong tokens\. Wait \d+ s/).waitFor();
  assert.equal(await go.getAttribute("aria-disabled"), "true");
  await page.getByText("You can try again now.").waitFor();
  await visitor.eventually("being let in", async () => {
    await token.fill(visitor.token);
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);
    return page.getByRole("heading", { name: "Apps" }).isVisible();
  });
  await page.reload();
  await page.getByRole("heading", { name: "Apps" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await token.waitFor();
  await page.reload();
  await token.waitFor();
}
