import assert from "node:assert/strict";
import { test } from "node:test";
import { groupName } from "../../static/js/group-label.js";

test("no tag is called as the hosts without any are, or as those that are not in groups", () => {
  const untagged = groupName({ label: "hosts without tags", tag: null, entries: [] });
  const ungrouped = groupName({ label: "", tag: null, entries: [] });
  assert.deepEqual([untagged, ungrouped], ["hosts without tags", "hosts"]);
  for (const tag of [untagged, ungrouped, "null"]) assert.equal(groupName({ label: tag, tag, entries: [] }), `tag ${tag}`);
});
