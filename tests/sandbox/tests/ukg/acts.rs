//! What HR does, as UKG Pro shows it.

use crate::world::{NEW, OLD, PERSON, TODAY, World, at};
use jiff::ToSpan;
use rollcall_sandbox::{
    company::{Flaw, codes, hr},
    ukg::Cadence,
};
use serde_json::Value;

#[tokio::test]
async fn stamps_of_the_person_and_the_employment_move_apart() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    world.ukg.hr(|company| hr::change_name(company, &who, "Nova", "Øster"));
    let since = "dateTimeChanged==%3E03-03-2025";
    assert_eq!(world.rows(&format!("{OLD}?{since}&employeeId={employee}")).await.len(), 0);
    let people = world.rows(&format!("{PERSON}?{since}")).await;
    assert_eq!(people.len(), 1);
    assert_eq!(people[0]["lastName"], "Øster");
    assert!(people[0]["datetimeChanged"].as_str().unwrap().starts_with("2025-03-03T12:30:0"));
    world.ukg.hr(|company| hr::change_job(company, &who, "SEC2", TODAY));
    assert_eq!(world.rows(&format!("{OLD}?{since}&employeeId={employee}")).await.len(), 1);
    world.ukg.hr(|company| hr::rename_department(company, "SEC", "Trust"));
    assert_eq!(world.rows(&format!("{OLD}?{since}")).await.len(), 1, "a rename stamps nobody");
}

#[tokio::test]
async fn a_future_termination_shows_t_early_unless_switched_off() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    let last = TODAY + 10.days();
    world.ukg.hr(|company| hr::terminate(company, &who, hr::Leaving::resigned(last)));
    let target = format!("{OLD}?employeeId={employee}");
    let row = &world.rows(&target).await[0];
    assert_eq!(
        (&row["employeeStatusCode"], &row["dateOfTermination"]),
        (&"T".into(), &"2025-03-13T00:00:00".into())
    );
    world.ukg.set(|it| it.early_t = false);
    assert_eq!(world.rows(&target).await[0]["employeeStatusCode"], "A");
    world.ukg.clock().set(at("2025-03-14T04:59:00Z"));
    assert_eq!(
        world.rows(&target).await[0]["employeeStatusCode"],
        "A",
        "the last day still counts"
    );
    world.ukg.clock().set(at("2025-03-14T05:01:00Z"));
    assert_eq!(world.rows(&target).await[0]["employeeStatusCode"], "T");
}

#[tokio::test]
async fn future_changes_wait_for_their_day() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    world.ukg.hr(|company| {
        hr::change_department(company, &who, "HR", TODAY + 2.days());
        hr::start_leave(company, &who, "FMLA", TODAY + 4.days(), Some(TODAY + 30.days()));
    });
    let target = format!("{NEW}?employeeID={employee}");
    assert_ne!(world.rows(&target).await[0]["orgLevel2Code"], "HR");
    world.ukg.clock().set(at("2025-03-05T17:00:00Z"));
    let row = &world.rows(&target).await[0];
    assert_eq!((&row["orgLevel2Code"], &row["employeeStatusCode"]), (&"HR".into(), &"A".into()));
    assert_eq!(row["dateTimeChanged"], "2025-03-05T00:05:00");
    world.ukg.clock().set(at("2025-03-07T17:00:00Z"));
    let row = &world.rows(&target).await[0];
    assert_eq!(
        (&row["leaveReasonCode"], &row["employeeStatusCode"]),
        (&"FMLA".into(), &"L".into())
    );
    assert_eq!(row["employeeStatusExpectedEndDate"], "2025-04-02T00:00:00");
}

#[tokio::test]
async fn an_end_date_in_a_field_of_the_customers_own_moves_no_stamp() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    let target = format!("/personnel/v1/user-defined-fields?employeeId={employee}");
    let end = "/personnelUserDefinedFields/personnelUDField05/value";
    assert_eq!(world.rows(&target).await[0].pointer(end), Some(&Value::Null));
    let event = world.ukg.hr(|company| hr::set_custom_end(company, &who, Some(TODAY + 90.days())));
    assert_eq!(event.effective, TODAY + 90.days());
    let row = &world.rows(&target).await[0];
    assert_eq!(row.pointer(end), Some(&"2025-06-01T00:00:00".into()));
    assert!(row.get("companyId").is_none(), "UKG's specification has none");
    assert!(world.rows(&format!("{OLD}?dateTimeChanged==%3E03-03-2025")).await.is_empty());
    world.ukg.hr(|company| hr::set_custom_end(company, &who, None));
    assert_eq!(world.rows(&target).await[0].pointer(end), Some(&Value::Null));
}

#[tokio::test]
async fn a_transfer_leaves_a_row_with_tro_behind() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    let to = codes::COMPANIES[1].id;
    world.ukg.hr(|company| hr::transfer(company, &who, to, TODAY));
    let rows = world.rows(&format!("{OLD}?employeeId={employee}")).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["termReason"], &rows[0]["employeeStatusCode"]),
        (&"TRO".into(), &"T".into())
    );
    assert_eq!((&rows[1]["companyID"], &rows[1]["employeeStatusCode"]), (&to.into(), &"A".into()));
    let people = world.rows(&format!("{PERSON}/{employee}")).await;
    assert_eq!(people.len(), 1, "one person row an employeeId");
    assert_eq!(people[0]["companyId"], to);
    let in_company =
        format!("/personnel/v1/companies/{to}/employees/{employee}/employment-details");
    assert_eq!(world.rows(&in_company).await.len(), 1);
}

#[tokio::test]
async fn changes_lag_three_hours_and_mind_their_cadence() {
    let world = World::new(|it| it.cadence = Cadence::TooManyRequests).await;
    let (who, employee) = world.some_employee();
    let event = world.ukg.hr(|company| hr::change_job(company, &who, "SEC2", TODAY));
    let target = format!(
        "/personnel/v1/employee-changes?startDate={}&endDate=2199-12-31T00:00:00Z",
        event.entered
    );
    assert_eq!(world.rows(&target).await.len(), 0, "the running three hours do not show");
    assert_eq!(world.status(&target).await, 429);
    world.ukg.set(|it| it.cadence = Cadence::BadRequest);
    assert_eq!(world.status(&target).await, 400);
    world.ukg.clock().set(at("2025-03-03T20:31:00Z"));
    let rows = world.rows(&target).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["employeeId"], &rows[0]["jobCode"]), (&employee.into(), &"SEC2".into()));
    world.ukg.clock().set(at("2025-03-04T00:00:00Z"));
    let all = "/personnel/v1/employee-changes?startDate=1900-12-31T00:00:00Z&endDate=2199-12-31T00:00:00Z";
    assert!(world.rows(&format!("{all}&per_page=5000")).await.len() > 120);
    assert_eq!(
        world.rows(&format!("{all}&per_page=100&page=2")).await.len() % 100,
        world.rows(OLD).await.len() - 100,
        "pages are no new calls"
    );
}

#[tokio::test]
async fn flawed_records_are_served_as_they_are() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    let target = format!("{NEW}?employeeID={employee}");
    world.ukg.hr(|company| hr::malform(company, &who, Flaw::HireDateIsText));
    assert_eq!(world.rows(&target).await[0]["lastHireDate"], "TBD");
    world.ukg.hr(|company| hr::malform(company, &who, Flaw::ShortEmployeeId));
    assert_eq!(world.rows(&target).await[0]["employeeID"].as_str().unwrap().len(), 10);
    world.ukg.hr(|company| hr::malform(company, &who, Flaw::NoPersonId));
    assert!(world.rows(&format!("{PERSON}/{employee}")).await[0]["personId"].is_null());
    world.ukg.hr(|company| hr::repair(company, &who));
    assert_eq!(world.rows(&target).await[0]["employeeID"], employee.as_str());
}

#[tokio::test]
async fn contracts_carry_meaningless_times_and_may_lack_an_end() {
    let world = World::new(|_| {}).await;
    let target = "/personnel/v1/employee-contract-details";
    let rows = world.rows(target).await;
    let employee = rows[0]["employeeId"].as_str().unwrap().to_owned();
    assert!(!rows[0]["contractEndDate"].as_str().unwrap().ends_with("T00:00:00"));
    world.ukg.hr(|company| {
        let who = company.person_of(&employee).unwrap().person_id.clone();
        hr::extend_contract(company, &who, TODAY + 400.days());
        hr::lose_contract_end(company, &who);
    });
    let rows = world.rows(&format!("{target}?employeeId={employee}")).await;
    assert_eq!(rows.len(), 2);
    assert!(rows[1]["contractEndDate"].is_null());
}

#[tokio::test]
async fn outsiders_drive_days_through_the_admin_pages() {
    let world = World::new(|_| {}).await;
    let url = |page: &str| format!("{}/_sandbox/ukg/{page}", world.ukg.base_url());
    let post = async || -> Value {
        world.client.post(url("day")).send().await.unwrap().json().await.unwrap()
    };
    let get = async |page: &str| -> Value {
        world.client.get(url(page)).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(post().await["date"], "2025-03-03");
    assert_eq!(post().await["date"], "2025-03-04");
    assert!(get("clock").await["now"].as_str().unwrap().starts_with("2025-03-04T"));
    assert!(get("events").await.as_array().unwrap().len() >= 4);
    assert!(get("people").await["people"].as_array().unwrap().len() > 120);
    assert!(world.ukg.wire().calls().is_empty(), "admin pages are not logged");
}
