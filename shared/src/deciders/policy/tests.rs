//! What the policy says about itself: errors, defaults, the schema, the example.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: &Expect) {
    let said = match Policy::compile("rollcall.yaml", text) {
        Ok(policy) => {
            let warnings: Vec<_> = policy.warnings().iter().map(ToString::to_string).collect();
            format!("ok\n{}", warnings.join("\n"))
        }
        Err(errors) => errors.to_string(),
    };
    expected.assert_eq(said.trim_end());
}

#[test]
fn the_example_compiles_without_a_warning() {
    check(EXAMPLE, &expect!["ok"]);
}

#[test]
fn an_empty_file_says_what_is_needed() {
    check(
        "",
        &expect![[r#"
        rollcall.yaml:1:1: `login` is missing
          hint: login: How a login is made.
        rollcall.yaml:1:1: `org_levels` is missing in `hr`
          hint: org_levels: Which org level (1 to 4, or `project`) plays which part.
        rollcall.yaml:1:1: `profile` is missing
          hint: profile: Okta profile attributes and where each comes from.
        rollcall.yaml:1:1: `version` is missing
          hint: version: The version of this format; write 1."#]],
    );
}

#[test]
fn every_error_is_told_at_once() {
    check(
        r#"
version: 1
gruops: []
hr:
  page_size: many
  org_levels: {department: 5, division: 1}
  time_zones: {default: Europe/Lodnon}
  contracts_end_access: yes
  contingent_types: CON
  placeholder_codes:
login:
  candidates:
    - slug(worker.firstname)
    - slugg(worker.first_name)
  domain: larkspur.example
  domain: larkspur.example
profile:
  title: worker.job_title +
  city: Seattle
  login: worker.email
  costCenter: worker.cost_center
  division:
    value: worker.division
    when_blank: ignore
lookups:
  offices: {values: {SEA: Seattle}}
groups:
  - name: "Sales {it.name}"
  - name: "Department {it.label}"
    for_each: department
  - name: Seattle
    when: worker.location = 'SEA' and true
  - name: Denver
    when: worker.location
  - name: Chicago
    when: lookup('office', worker.location) == 'Chicago' && worker.hire_date > 2020
"#,
        &expect![[r#"
            rollcall.yaml:3:1: unknown key `gruops`
              hint: did you mean `groups`?
            rollcall.yaml:5:14: `page_size` must be a whole number from 1 to 10000, not `many`
            rollcall.yaml:6:28: `department` must be one of `1`, `2`, `3`, `4`, `project`, not `5`
            rollcall.yaml:7:25: `default` must be an IANA time zone, not `Europe/Lodnon`
              hint: did you mean `Europe/London`?
            rollcall.yaml:8:3: unknown key `contracts_end_access` in `hr`
              hint: known here: endpoints, page_size, placeholder_codes, blank_grace_days, org_levels, employee_types, contingent_types, statuses, transfer_reasons, immediate_reasons, termination_reasons, deceased_reasons, unknown_job, time_zones, exclude
            rollcall.yaml:9:21: `contingent_types` must be a list (`- …`) of which each is a text, not `CON`
              hint: a list of one is written `[CON]`
            rollcall.yaml:10:20: `placeholder_codes` has no value
              hint: write a list (`- …`) of which each is a text, or remove the key
            rollcall.yaml:13:12: unknown worker field `firstname`
              hint: did you mean `first_name`?
            rollcall.yaml:14:12: unknown function `slugg`
              hint: did you mean `slug`?
            rollcall.yaml:16:3: the key `domain` is here twice
              hint: keep one of the two; only the first would count
            rollcall.yaml:18:29: the expression ends too early
              hint: something is missing at the end: a value, a quote or a bracket
            rollcall.yaml:19:9: unknown variable `Seattle`
              hint: a fixed text needs quotes inside the quotes: "'Seattle'"
            rollcall.yaml:20:3: `login` cannot be mapped in `profile`
              hint: `login:` makes it
            rollcall.yaml:21:15: `cost_center` is used, but nothing says which org level is the cost_center
              hint: add `cost_center: 2` (or 1, 3, 4, project) to `hr.org_levels`
            rollcall.yaml:24:17: `when_blank` must be one of `keep`, `clear`, `hold`, not `ignore`
            rollcall.yaml:28:11: a name with braces needs `for_each`
              hint: add `for_each: department`, for example; only then there is an `it`
            rollcall.yaml:29:24: unknown field `it.label`
              hint: it has `it.code` and `it.name`
            rollcall.yaml:32:28: this is not an expression: token recognition error at: '= '
              hint: write `==` to compare
            rollcall.yaml:34:11: groups[3] when (line 34) does not come to true or false
              hint: compare with something, for example `worker.location == "SEA"`
            rollcall.yaml:36:17: unknown lookup table `office`
              hint: did you mean `offices`?"#]],
    );
}

#[test]
fn positions_inside_blocks_and_quotes_are_exact() {
    check(
        r#"
version: 1
hr: {org_levels: {department: 2}, time_zones: {default: Europe/London}}
login: {candidates: [worker.first_name], domain: larkspur.example}
profile:
  a: "worker.nope"
  b: 'upper(worker.nope)'
  c: |
    worker.first_name
      + worker.nope
  d: >
    worker.nope
  e: upper(upper(worker.first_name, 'x'))
  f: worker.is_contractor + 'x'
  g: int(worker.cost_center)
  h: "[1].map(worker, worker)"
  i: '[1, 2].exists(x, x == 2 && y)'
  j: worker
  k: regex_replace(worker.city, '(', '')
  l: "has(worker.email) ? worker.level : manager.login"
  m: "'a' + worker.city 'b'"
  n: has(manager.email) && (worker.is_on_leave
"#,
        &expect![[r#"
            rollcall.yaml:6:7: unknown worker field `nope`
              hint: there are employee_number, job_title, department, location, hire_date and many more; the JSON Schema lists them all
            rollcall.yaml:7:13: unknown worker field `nope`
              hint: there are employee_number, job_title, department, location, hire_date and many more; the JSON Schema lists them all
            rollcall.yaml:10:9: unknown worker field `nope`
              hint: there are employee_number, job_title, department, location, hire_date and many more; the JSON Schema lists them all
            rollcall.yaml:12:5: unknown worker field `nope`
              hint: there are employee_number, job_title, department, location, hire_date and many more; the JSON Schema lists them all
            rollcall.yaml:13:17: `upper` does not take 2 arguments
              hint: upper(text)
            rollcall.yaml:14:6: profile f (line 14) fails for a worker with every field: Unsupported binary operator 'add': Bool(false), String("x")
              hint: a blank HR field is the empty text "", and numbers need `int(…)` around text that may not be blank
            rollcall.yaml:15:10: `cost_center` is used, but nothing says which org level is the cost_center
              hint: add `cost_center: 2` (or 1, 3, 4, project) to `hr.org_levels`
            rollcall.yaml:16:14: `worker` already means something here
              hint: use another name
            rollcall.yaml:17:34: unknown variable `y`
              hint: a fixed text needs quotes inside the quotes: "'y'"
            rollcall.yaml:18:6: `worker` needs a field
              hint: for example `worker.first_name`
            rollcall.yaml:19:19: `(` is not a regular expression
            rollcall.yaml:20:27: `level` is used where nothing says what it is
              hint: add `level: …` at the top of the policy
            rollcall.yaml:21:26: this is not an expression: extraneous input ''b''
              hint: a fixed text needs quotes inside the quotes: "'like this'"
            rollcall.yaml:22:48: the expression ends too early
              hint: something is missing at the end: a value, a quote or a bracket"#]],
    );
}

#[test]
fn yaml_that_is_none_or_too_clever_is_refused() {
    check(
        "a: [1",
        &expect![[r#"
        rollcall.yaml:2:1: this is not YAML: while parsing a flow sequence, expected ',' or ']'
          hint: check the indentation, the colon before it, and quotes that are not closed"#]],
    );
    check(
        "a: b ? c : d",
        &expect![[r#"
        rollcall.yaml:1:10: this is not YAML: mapping values are not allowed in this context
          hint: quote a value that contains `: ` or ` #`, as every `? :` does"#]],
    );
    check(
        "a: &x 1\nb: *x",
        &expect![[r#"
        rollcall.yaml:1:4: anchors and aliases are not supported
          hint: write the value out"#]],
    );
    check(
        "a: !!int 1",
        &expect![[r#"
        rollcall.yaml:1:4: tags are not supported
          hint: remove the word that begins with `!`, or quote the text"#]],
    );
    check(
        "a: 1\n---\nb: 2",
        &expect![[r#"
        rollcall.yaml:2:1: a second document begins here
          hint: keep one policy in a file"#]],
    );
    check(
        &"[".repeat(100),
        &expect![[r#"
        rollcall.yaml:1:33: sections are nested too deeply
          hint: a policy needs five levels"#]],
    );
    check(
        &" ".repeat((1 << 20) + 1),
        &expect![[r#"
        rollcall.yaml:1:1: the file has 1048577 bytes
          hint: a policy is at most 1 MiB; keep long lists of people in Okta or in HR"#]],
    );
}

#[test]
fn a_limit_that_is_changed_in_part_keeps_the_rest() {
    let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
    let limit = policy.limits.kinds[&crate::words::action::Kind::LeaveGroup];
    assert_eq!((limit.most, limit.percent, limit.floor), (100, 10, 10));
    assert_eq!(policy.limits.kinds.len(), crate::words::action::Kind::ALL.len());
}

#[test]
fn the_schema_and_the_example_agree_on_every_key() {
    fn walk(node: &tree::Node, schema: &serde_json::Value, path: &str) {
        for (word, value) in node.entries() {
            let path = format!("{path}.{}", word.text);
            let long = schema.get("anyOf").and_then(|it| it.get(1)).unwrap_or(schema);
            let inner = long
                .get("properties")
                .and_then(|it| it.get(&word.text))
                .or_else(|| long.get("additionalProperties").filter(|it| it.is_object()));
            walk(value, inner.unwrap_or_else(|| panic!("{path} is not in the schema")), &path);
        }
        for item in node.items() {
            walk(item, schema.get("items").unwrap_or_else(|| panic!("{path} is no list")), path);
        }
    }
    let tree = tree::parse(EXAMPLE, &mut Report::new("rollcall.yaml")).unwrap();
    walk(&tree, &Policy::json_schema(), "");
}

#[test]
fn a_login_needs_a_domain_from_somewhere() {
    let text = |login| {
        format!(
            "version: 1\nhr: {{org_levels: {{}}, time_zones: {{default: Asia/Singapore}}}}\nlogin: \
             {{candidates: [\"{login}\"]}}\nprofile: {{}}"
        )
    };
    check(
        &text("worker.user_name"),
        &expect![[r#"
        rollcall.yaml:3:22: login candidate 1 (line 3) does not end with a domain
          hint: add `domain: larkspur.example` to `login`"#]],
    );
    check(&text("worker.user_name + '@larkspur.example'"), &expect!["ok"]);
}

#[test]
fn every_default_has_the_shape_of_its_key() {
    // A wrong default would be reported at the root of this policy, which leaves everything out.
    let text = "version: 1\nhr: {org_levels: {}}\nlogin: {candidates: [now], domain: a.example}\nprofile: {}";
    check(
        text,
        &expect![[r#"
            ok
            rollcall.yaml:2:5: every worker is in the time zone UTC
              hint: a leaver's access ends at midnight of this zone; write `hr.time_zones.default`"#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Policy::compile("rollcall.yaml", &text).map_err(|it| it.to_string());
    }

    #[test]
    fn no_expression_makes_it_panic(text in "[a-z.()'\"\\[\\]{}?:+=!&|<>0-9, -]{0,40}") {
        let quoted = text.replace('\'', "''");
        let policy = format!("version: 1\nprofile:\n  a: '{quoted}'\n");
        let _ = Policy::compile("rollcall.yaml", &policy).map_err(|it| it.to_string());
    }

    #[test]
    fn no_damage_to_the_example_makes_it_panic(at in 0..EXAMPLE.len(), with in "\\PC{0,3}") {
        let mut text: String = EXAMPLE.chars().collect();
        let at = (0..=at).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
        text.insert_str(at, &with);
        let _ = Policy::compile("rollcall.yaml", &text).map_err(|it| it.to_string());
    }
}

#[test]
fn the_schema_for_editors_is_the_one_that_ships() {
    let schema = format!("{:#}\n", Policy::json_schema());
    expect_test::expect_file!["../../../policy/rollcall.schema.json"].assert_eq(&schema);
}
