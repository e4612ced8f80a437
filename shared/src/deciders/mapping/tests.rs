//! What the example makes of people, and what a policy of a test's own does.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::deciders::policy::{EXAMPLE, Policy};
use crate::words::{
    desired::{Desired, Unclear, Wish},
    hr::OrgLevelRow,
    ids::Code,
    person::Employment,
};

fn casey() -> Person {
    sample::full("P-1", "Casey", "Holm")
}

pub(super) fn facts<'a>(person: &'a Person, catalog: &'a Catalog) -> Facts<'a> {
    Facts::of(person, catalog, "2026-03-31T12:00:00Z".parse().expect("an instant"))
}

pub(super) fn policy(profile: &str, groups: &str) -> Policy {
    let text = format!(
        "version: 1
hr: {{org_levels: {{department: 2}}, time_zones: {{default: UTC, locations: {{X: UTC}}}}}}
login:
  candidates: [\"worker.first_name + '.' + worker.last_name\", worker.last_name]
  domain: larkspur.example
  tries: 3
profile:\n{profile}
groups:\n{groups}
"
    );
    Policy::compile("rollcall.yaml", &text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn told(result: &Result<Desired, Vec<Finding>>) -> String {
    let mut lines = Vec::new();
    match result {
        Ok(desired) => {
            lines.extend(desired.attributes.iter().map(|(name, wish)| match wish {
                Wish::Set(value) => format!("{name} = {value}"),
                Wish::Clear => format!("{name} cleared"),
                Wish::Keep => format!("{name} kept"),
            }));
            lines
                .extend(desired.groups.iter().map(|(name, rule)| format!("in {name}: {}", rule.0)));
            lines.extend(desired.apps.iter().map(|(name, rule)| format!("has {name}: {}", rule.0)));
            let Unclear { groups, patterns, apps, borne } = &desired.unclear;
            let kept = groups.iter().chain(patterns).chain(apps);
            lines.extend(kept.map(|it| format!("keeps {it} if there")));
            lines.extend(borne.iter().map(|it| format!("bears {}", it.0)));
        }
        Err(findings) => lines.extend(findings.iter().map(ToString::to_string)),
    }
    lines.join("\n")
}

fn check(policy: &Policy, person: &Person, expected: &Expect) {
    let catalog = sample::catalog();
    expected.assert_eq(&told(&policy.desired(&facts(person, &catalog), &Memo::default())));
}

/// Within the days of grace.
fn check_borne(policy: &Policy, person: &Person, expected: &Expect) {
    let catalog = sample::catalog();
    let facts = Facts { blanks: Blanks::Borne, ..facts(person, &catalog) };
    expected.assert_eq(&told(&policy.desired(&facts, &Memo::default())));
}

#[test]
fn the_example_says_everything_about_a_person() {
    let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
    let (person, catalog) = (casey(), sample::catalog());
    let login = Login::parse("casey.holm@larkspur.example").unwrap();
    let facts = Facts { login: Some(&login), ..facts(&person, &catalog) };
    expect![[r#"
        city = Seattle
        costCenter = L3
        countryCode = US
        department = Level 2
        displayName = Casey Holm
        division = Level 1
        email = casey.holm@larkspur.example
        employeeNumber = 000000104
        firstName = Casey
        lastName = Holm
        organization = Sample
        primaryPhone = +1 555 0100 ext. 104
        timezone = UTC
        title = Engineer
        userType = Employee
        in Department Level 2: groups[3] "Department {it.name}" (line 202)
        in Employees: groups[1] "Employees" (line 194)
        in Everyone at Larkspur: groups[0] "Everyone at Larkspur" (line 191)
        in Location LOC: groups[4] "Location {it.code}" (line 206)
        has Expense reports: apps[0] "Expense reports" (line 228)"#]]
    .assert_eq(&told(&policy.desired(&facts, &Memo::default())));
}

#[test]
fn somebody_without_a_login_or_a_department_is_held_by_the_example() {
    let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
    check(
        &policy,
        &sample::blank("P-1"),
        &expect![[r#"
            held person P-1 (missing-attribute): groups[3] "Department {it.name}" (line 202): the code is blank; complete the record in HR
            held person P-1 (missing-attribute): profile email (line 137) is blank; complete the record in HR
            held person P-1 (missing-attribute): profile firstName (line 129) is blank; complete the record in HR
            held person P-1 (missing-attribute): profile lastName (line 132) is blank; complete the record in HR"#]],
    );
}

#[test]
fn blank_units_are_borne_for_a_while_and_other_blanks_are_not() {
    let profile = "  a: {value: worker.department, required: true}";
    let groups = "  - {name: \"Dept {it.name}\", for_each: department}
  - {name: \"Loc {it.code}\", for_each: location, when_blank: skip}
  - {name: Tools, when: \"worker.department == 'ENG'\"}";
    let borne = policy(profile, groups);
    check_borne(
        &borne,
        &sample::blank("P-1"),
        &expect![[r#"
            a kept
            keeps Tools if there
            keeps Dept {it.name} if there
            bears groups[0] "Dept {it.name}" (line 10)
            bears profile a (line 8)"#]],
    );
    let profile = "  a: {value: worker.mailstop, required: true}";
    check_borne(
        &policy(profile, "  - {name: All}"),
        &sample::blank("P-1"),
        &expect![
            "held person P-1 (missing-attribute): profile a (line 8) is blank; complete the record in HR"
        ],
    );
}

#[test]
fn a_blank_source_keeps_clears_or_holds() {
    let profile = "  a: worker.mailstop
  b: {value: worker.mailstop, when_blank: keep}
  c: {value: worker.mailstop, when_blank: clear}
  d: \"worker.is_contractor ? 'x' : ''\"
  e: size(worker.mailstop)
  f: '[worker.employee_id, worker.state]'";
    check(
        &policy(profile, "  []"),
        &sample::blank("P-1"),
        &expect![[r#"
        a kept
        b kept
        c cleared
        d kept
        e = 0
        f = EP-1"#]],
    );
    let profile = "  a: {value: worker.mailstop, required: true}\n  b: {value: worker.state, when_blank: hold}";
    check(
        &policy(profile, "  []"),
        &sample::blank("P-1"),
        &expect![[r#"
        held person P-1 (missing-attribute): profile a (line 8) is blank; complete the record in HR
        held person P-1 (missing-attribute): profile b (line 9) is blank; complete the record in HR"#]],
    );
}

#[test]
fn an_expression_that_fails_names_its_line_and_no_value() {
    let policy = policy(
        "  a: \"worker.job_code == 'BAD' ? string(int(worker.last_name)) : 'fine'\"",
        "  - {name: Odd, when: \"worker.job_code != 'BAD' || int(worker.last_name) > 1\"}",
    );
    check(
        &policy,
        &casey(),
        &expect![[r#"
        a = fine
        in Odd: groups[0] "Odd" (line 10)"#]],
    );
    let mut person = casey();
    person.employments[0].row.job = Some("BAD".into());
    check(
        &policy,
        &person,
        &expect![[r#"
            held person P-1 (expression-failed): groups[0] when (line 10) failed
            held person P-1 (expression-failed): profile a (line 8) failed
            held person P-1 (unknown-job): job BAD is not in UKG's table of jobs; correct the record"#]],
    );
}

#[test]
fn what_okta_would_refuse_holds_the_person_or_is_cut() {
    let policy = policy(
        "  firstName: worker.first_name\n  email: worker.email\n  countryCode: worker.country",
        "  []",
    );
    let mut person = casey();
    person.name.first = Some("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren".into());
    person.email = Some("casey at home".into());
    check(
        &policy,
        &person,
        &expect![[r#"
        held person P-1 (missing-attribute): profile countryCode (line 10): Okta wants two letters; see `worker.country_2`
        held person P-1 (missing-attribute): profile email (line 9): Okta wants an address of 5 to 100 characters"#]],
    );
    person.email = None;
    person.employments[0].row.location = None;
    check(
        &policy,
        &person,
        &expect![[r#"
        countryCode kept
        email kept
        firstName = Wolfeschlegelsteinhausenbergerdorffwelchevoraltern"#]],
    );
}

#[test]
fn each_department_has_its_group_and_unknown_ones_hold() {
    let each = |blank| {
        let blank = format!("when_blank: {blank}");
        format!(
            "  - {{name: \"Dept {{it.code}}: {{upper(it.name)}}\", for_each: department, {blank}}}"
        )
    };
    let (strict, lax) = (policy("  {}", &each("hold")), policy("  {}", &each("skip")));
    check(
        &strict,
        &casey(),
        &expect![[
            r#"in Dept L2: LEVEL 2: groups[0] "Dept {it.code}: {upper(it.name)}" (line 10)"#
        ]],
    );
    check(
        &strict,
        &sample::blank("P-1"),
        &expect![[
            r#"held person P-1 (missing-attribute): groups[0] "Dept {it.code}: {upper(it.name)}" (line 10): the code is blank; complete the record in HR"#
        ]],
    );
    check(&lax, &sample::blank("P-1"), &expect!["keeps Dept {it.code}: {upper(it.name)} if there"]);
    let mut person = casey();
    person.employments[0].row.org_levels[1] = Some("NEW".into());
    check(
        &lax,
        &person,
        &expect![[
            r#"held person P-1 (missing-attribute): groups[0] "Dept {it.code}: {upper(it.name)}" (line 10): the code is not in HR's own table"#
        ]],
    );
}

#[test]
fn owned_groups_are_all_that_could_be_given() {
    let policy = policy(
        "  {}",
        "  - {name: Everyone}
  - {name: \"Dept {it.name}\", for_each: department}
  - {name: \"Site {it.name}\", for_each: location}
  - {name: \"Co {it.code}\", for_each: company}
  - {name: \"Job {it.code}\", for_each: job_family}",
    );
    let mut catalog = sample::catalog();
    let code = Code::from("OLD");
    let closed = OrgLevelRow {
        level: 2,
        code: code.clone(),
        description: None,
        gl_segment: None,
        is_active: Some(false),
    };
    catalog.org_levels.insert((2, code), closed);
    let names: Vec<_> = policy.owned_groups(&catalog).into_keys().collect();
    expect![[r#"
        Co SMPL
        Dept Level 2
        Dept OLD
        Everyone
        Job ENG
        Site Head office"#]]
    .assert_eq(&names.join("\n"));
    let desired = policy.desired(&facts(&casey(), &catalog), &Memo::default()).unwrap();
    assert!(desired.groups.keys().all(|it| names.contains(it)));
}

#[test]
fn the_manager_is_named_by_the_example_and_cleared_without_one() {
    let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
    let (person, boss, catalog) = (casey(), sample::full("P-2", "Robin", "Ash"), sample::catalog());
    let login = Login::parse("robin.ash@larkspur.example").unwrap();
    let okta_id = "00u1".into();
    let view = ManagerView { login: &login, okta_id: &okta_id, person: &boss };
    let facts = facts(&person, &catalog);
    expect![[r#"{"manager": Some(Text("Robin Ash")), "managerId": Some(Text("robin.ash@larkspur.example"))}"#]].assert_eq(&format!("{:?}", policy.manager_attributes(&facts, Some(&view))));
    expect![[r#"{"manager": None, "managerId": None}"#]]
        .assert_eq(&format!("{:?}", policy.manager_attributes(&facts, None)));
    expect![[r#"[("employeeNumber", Text("000000104")), ("lastName", Text("Holm"))]"#]]
        .assert_eq(&format!("{:?}", policy.match_values(&facts)));
}

#[test]
fn a_level_comes_from_its_expression() {
    let text = EXAMPLE
        .replace("title: worker.job_title", "title: worker.level + manager.level")
        .replace("  page_size", "  unknown_job: strictest_tier\n  page_size");
    let policy = Policy::compile("rollcall.yaml", &text).unwrap();
    let (mut person, mut boss, catalog) = (casey(), casey(), sample::catalog());
    person.employments[0].row.job = Some("ENG3".into());
    boss.employments[0].row.job = Some("MGMT6".into());
    let login = Login::parse("casey.holm@larkspur.example").unwrap();
    let facts = Facts { manager: Some(&boss), login: Some(&login), ..facts(&person, &catalog) };
    let desired = policy.desired(&facts, &Memo::default()).unwrap();
    assert_eq!(desired.attributes["title"], Wish::Set(Value::Text("36".into())));
    assert_eq!(desired.tier.map(|it| it.name.to_string()).as_deref(), Some("executive"));
}

#[test]
fn a_job_that_hr_does_not_know_holds_the_person_and_names_the_code() {
    let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
    let (mut person, catalog) = (casey(), sample::catalog());
    person.employments[0].row.job = Some("WIZARD".into());
    let login = Login::parse("casey.holm@larkspur.example").unwrap();
    let facts = Facts { login: Some(&login), ..facts(&person, &catalog) };
    let findings = policy.desired(&facts, &Memo::default()).unwrap_err();
    expect!["held person P-1 (unknown-job): job WIZARD is not in UKG's table of jobs; correct the record"]
        .assert_eq(&findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

prop_compose! {
    fn people()(
        first in proptest::option::of("\\PC{0,12}"),
        last in proptest::option::of("\\PC{0,12}"),
        department in proptest::option::of("L[1-3]"),
        location in proptest::option::of("LOC|SEA"),
        is_contingent: bool,
    ) -> Person {
        let mut person = sample::full("P-1", "Casey", "Holm");
        person.name.first = first.map(Into::into);
        person.name.last = last.map(Into::into);
        for Employment { row, is_contingent: it, .. } in &mut person.employments {
            row.org_levels[1] = department.clone().map(Into::into);
            row.location = location.clone().map(Into::into);
            *it = is_contingent;
        }
        person
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn remembering_changes_nothing(people in proptest::collection::vec(people(), 1..12)) {
        let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
        let (catalog, shared) = (sample::catalog(), Memo::default());
        for person in people.iter().chain(people.iter().rev()) {
            let facts = facts(person, &catalog);
            prop_assert_eq!(
                policy.desired(&facts, &shared),
                policy.desired(&facts, &Memo::default())
            );
            let logins = policy.logins(&facts, &shared);
            prop_assert_eq!(&logins, &policy.logins(&facts, &Memo::default()));
            for login in logins.into_iter().flatten() {
                prop_assert!(login.as_str().is_ascii());
                prop_assert!(login.as_str().len() <= 100);
            }
        }
    }
}
