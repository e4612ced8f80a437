//! The customer's own: user-defined fields and code tables.

use expect_test::expect;
use jiff::civil::date;

use super::*;
use crate::words::hr::UdfValue;

/// Three employees as UKG's specification shapes them, between what is nobody's business.
const FIELDS: &str = r#"[
  {"employeeId": "E1          ",
   "personnelUserDefinedFields": {
     "personnelUDField01": {"field": "Sponsor", "value": "A. Nother"},
     "personnelUDField03": {"field": "Shoe size", "value": 44.0},
     "personnelUDField05": {"value": "2026-12-31T00:00:00", "field": "Assignment end"}},
   "internationalUserDefinedFields": {
     "internationalUDField05": {"field": "Visa expires", "value": "2027-02-01T00:00:00"}}},
  {"employeeId": "E2", "companyId": "6Y4NV", "internationalUserDefinedFields": null,
   "personnelUserDefinedFields": {
     "PersonnelUDField01": {"field": "Sponsor", "value": "open ended"},
     "personnelUDField05": {"field": "Assignment end", "value": null}}},
  {"employeeId": "E3",
   "personnelUserDefinedFields": {
     "personnelUDField01": "6/30/2026 12:00:00 AM", "personnelUDField05": " "}}
]"#;

fn fields(_: usize, uri: &Uri) -> Response<Body> {
    if page_of(uri) == 1 { ok(FIELDS) } else { ok("[]") }
}

/// What is kept of the field of this name.
async fn kept(name: &str) -> String {
    let stage = stage(settings(), fields).await;
    let read = stage.client.user_defined_field(name, &EmployeeFilter::Everyone).await.unwrap();
    let rows = read.rows.iter().map(|it| {
        let company = it.company.as_ref().map_or("any", |it| it.as_str());
        format!("{} in {company}: {:?}", it.employee, it.value)
    });
    let findings = read.findings.iter().map(ToString::to_string);
    rows.chain(findings).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_field_of_the_customers_own_is_found_by_its_slot_and_by_its_name() {
    let ends = expect![[r#"
        E1 in any: Some(Date(2026-12-31))
        E2 in 6Y4NV: None
        E3 in any: None"#]];
    ends.assert_eq(&kept("personnelUDField05").await);
    ends.assert_eq(&kept(" assignment END ").await);
    expect![[r#"
        E1 in any: Some(Date(2027-02-01))
        E2 in 6Y4NV: None
        E3 in any: None"#]]
    .assert_eq(&kept("Visa expires").await);
}

#[tokio::test]
async fn a_text_slot_may_hold_a_date_or_anything_else() {
    expect![[r#"
        E1 in any: Some(Text("A. Nother"))
        E2 in 6Y4NV: Some(Text("open ended"))
        E3 in any: Some(Date(2026-06-30))"#]]
    .assert_eq(&kept("personnelUDField01").await);
    expect![[r#"
        E1 in any: Some(Text("44"))
        E2 in 6Y4NV: None
        E3 in any: None"#]]
    .assert_eq(&kept("Shoe size").await);
}

#[tokio::test]
async fn a_field_that_nobody_has_is_told() {
    expect![[r#"
        E1 in any: None
        E2 in 6Y4NV: None
        E3 in any: None
        warning this run (malformed-row): user-defined-fields: nobody has a value in "Asignment end"; check the name in the policy"#]]
    .assert_eq(&kept("Asignment end").await);
}

#[tokio::test]
async fn what_is_no_field_holds_its_employee_and_nobody_else() {
    let stage = stage(settings(), |_, uri| match page_of(uri) {
        1 => ok(r#"[
            {"employeeId": "E1", "personnelUserDefinedFields": {"end": {"value": [1], "field": "x"}}},
            {"employeeId": "E2", "personnelUserDefinedFields": "2026-12-31"},
            {"employeeId": "E3", "personnelUserDefinedFields": {"end": "2026-12-31"},
             "internationalUserDefinedFields": {"a": {"field": "End", "value": "2026-11-30"}}},
            {"employeeId": {"end": "E4"}},
            {"employeeId": "E5", "personnelUserDefinedFields": {"other": [1], "more": {"a": {}}}}]"#),
        _ => ok("[]"),
    })
    .await;
    let read = stage.client.user_defined_field("end", &EmployeeFilter::Everyone).await.unwrap();
    assert!(read.rows.iter().all(|it| it.value.is_none()));
    let findings: Vec<String> = read.findings.iter().map(ToString::to_string).collect();
    expect![[r#"
        held employee E1 (malformed-row): user-defined-fields: personnelUserDefinedFields is not a plain value; correct it in UKG
        held employee E2 (malformed-row): user-defined-fields: personnelUserDefinedFields is not a plain value; correct it in UKG
        held employee E3 (malformed-row): user-defined-fields: personnelUserDefinedFields is given twice, differently; correct it in UKG
        held row 3 (malformed-row): user-defined-fields: employeeId is not a plain value; correct it in UKG
        warning this run (malformed-row): user-defined-fields: nobody has a value in "end"; check the name in the policy"#]]
    .assert_eq(&findings.join("\n"));
}

#[tokio::test]
async fn people_come_with_the_field_only_where_it_is_asked_for() {
    let server = |_: usize, uri: &Uri| match (uri.path(), page_of(uri)) {
        ("/personnel/v1/user-defined-fields", 1)
            if uri.query().is_some_and(|it| it.contains("E1")) =>
        {
            ok(r#"[{"employeeId": "E1", "personnelUserDefinedFields": {"end": "2026-12-31"}}]"#)
        }
        ("/personnel/v1/user-defined-fields", 1) => ok(FIELDS),
        _ => ok("[]"),
    };
    let plain = stage(settings(), server).await;
    assert!(plain.client.people(&Scope::Everyone).await.unwrap().rows.udf_ends.is_empty());
    assert!(!plain.heard().iter().any(|it| it.contains("user-defined-fields")));

    let asking = Settings { end_field: Some("Assignment end".to_owned()), ..settings() };
    let asked = stage(asking, server).await;
    let everyone = asked.client.people(&Scope::Everyone).await.unwrap();
    assert_eq!(everyone.rows.udf_ends.len(), 3);
    assert_eq!(everyone.rows.udf_ends[0].value, Some(UdfValue::Date(date(2026, 12, 31))));

    let asking = Settings { end_field: Some("end".to_owned()), ..settings() };
    let asked = stage(asking, server).await;
    let one = asked.client.people(&Scope::Employees(["E1".into()].into())).await.unwrap();
    assert_eq!(one.rows.udf_ends.len(), 1);
    assert!(one.findings.is_empty(), "that one has no value would prove nothing");
    let other = asked.client.people(&Scope::Employees(["E2".into()].into())).await;
    expect!["user-defined-fields does not heed the filter by employee"]
        .assert_eq(&other.unwrap_err().to_string());
}

#[tokio::test]
async fn a_table_that_is_not_there_is_not_an_empty_one() {
    let stage = stage(settings(), |_, uri| match uri.path() {
        "/configuration/v1/code-tables" => ok(r#"[
            {"codeTable": "JOBFAMILY", "url": "https://service5.ultipro.com/x"}, {"url": ""},
            {"codeTable": "EMPTYPE", "url": ""}]"#),
        "/configuration/v1/code-tables/EMPTYPE" => ok(
            r#"[{"code": "CON", "description": "Contractor"}, {"code": "Z", "description": ""}]"#,
        ),
        "/configuration/v1/code-tables/JOBFAMILY" => ok("[]"),
        "/configuration/v1/code-tables/PROXY" => status(404, "<html>no such page</html>"),
        _ => status(404, "{}"),
    })
    .await;
    let client = &stage.client;
    let names = client.code_tables().await.unwrap();
    assert_eq!(names.rows, ["EMPTYPE", "JOBFAMILY"].map(Code::from).into());
    assert_eq!(names.findings.len(), 1);

    let types = client.code_table("EMPTYPE").await.unwrap().unwrap().rows;
    assert_eq!(types[&Code::from("CON")].description.as_deref(), Some("Contractor"));
    assert_eq!(types[&Code::from("Z")].description, None);
    assert!(client.code_table("JOBFAMILY").await.unwrap().unwrap().rows.is_empty());
    assert_eq!(client.code_table("NOSUCH").await.unwrap(), None);
    assert!(client.code_table("PROXY").await.is_err());
}
