#!/usr/bin/env bash
# avsc 5.7.9: a long between -(2^53) and -(2^52) is written as another one, mostly a positive one, and nobody is told.
#
# By its documentation longs are limited to what JavaScript represents exactly, `type.isValid()` tells which that is (down to -(2^53) + 2), and what is
# invalid throws. These are valid, and `toBuffer()` writes them: but the zig-zag encoding doubles a number and takes one away, and beyond 2^53 that is no
# exact double. The bytes of -(2^52) - 1 are those of 2^52. Numbers on the other side of zero come back as they were.
# Seen with Node 20: -4503599627370497 comes back as 4503599627370496, and -4503599627370498 as 4503599627370498.
#
# Needs Node 20 or newer and npm. Fails where this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts avsc@5.7.9
cat > long.cjs <<'JS'
const assert = require('node:assert/strict');
const avro = require('avsc');

const long = avro.Type.forSchema('long');
const through = (number) => long.fromBuffer(long.toBuffer(number));

// What is right on both sides of the border.
for (const number of [0, -1, 2 ** 51, -(2 ** 51) - 1, 2 ** 52, -(2 ** 52)]) assert.equal(through(number), number);
const seen = new Map([
  [-(2 ** 52) - 1, 2 ** 52],
  [-(2 ** 52) - 2, 2 ** 52 + 2],
]);
for (const [number, back] of seen) {
  assert.ok(Number.isSafeInteger(number));
  assert.ok(long.isValid(number), 'avsc calls it valid');
  console.log(`${number} -> ${long.toBuffer(number).toString('hex')} -> ${through(number)}`);
  assert.equal(through(number), back);
}
JS
node long.cjs
