//! People who come back.

use std::collections::BTreeSet;

use jiff::civil::date;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::{GroupKind, MailReason, Status},
};
use rollcall_tests::{World, findings, steps};

use crate::hires::resigns;

/// Somebody in New York who left on 4 March and was closed for good a week later.
async fn someone_long_gone(world: &World, leaving: Leaving) -> String {
    let person = world.someone_at("NYC1");
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| hr::terminate(company, &person, leaving));
    world.run_all().await;
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    person
}

fn department(world: &World, person: &str) -> Option<String> {
    world.hr(|it| it.person(person).and_then(|it| it.employments[0].org[1].clone()))
}

/// hr-case 1.
#[tokio::test]
async fn rehire_on_the_old_record_gets_the_old_account_with_the_access_of_the_new_job_alone() {
    let world = World::settled().await;
    let person = someone_long_gone(&world, Leaving::resigned(date(2026, 3, 4))).await;
    let (login, user) = (world.okta(&person).login, world.user(&person));
    let to = if department(&world, &person).as_deref() == Some("LEGAL") { "FIN" } else { "LEGAL" };
    let wanted = if to == "LEGAL" { "Department Legal" } else { "Department Finance" };

    world.at("2026-03-20T18:00:00Z");
    world.hr(|company| {
        hr::rehire(company, &person, date(2026, 3, 23));
        hr::change_department(company, &person, to, date(2026, 3, 20));
    });
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned, "not before the first day");
    world.assert_converged().await;

    // Somebody put the closed account into a group: activation would give it back.
    {
        let mut org = world.town.okta.org();
        let project = org.add_group("Old project", GroupKind::Okta);
        org.add_to_group(&project, &user);
    }
    // Two hours before the 23rd begins in New York.
    world.at("2026-03-23T02:05:00Z");
    let reports = world.run_all().await;
    let told: Vec<String> = reports.iter().flat_map(|it| steps(it, &person)).collect();
    let place = |step: &str| told.iter().position(|it| it == step);
    assert!(place("leave-group verified") < place("reactivate verified"), "{told:?}");

    let seen = world.okta(&person);
    assert_eq!((seen.login, world.user(&person)), (login, user));
    assert_eq!(seen.status, Status::Provisioned, "enrolls anew");
    let departments: Vec<_> = seen.groups.iter().filter(|it| it.starts_with("Dep")).collect();
    assert_eq!(departments, [wanted]);
    assert!(!seen.groups.contains(&"Old project".to_owned()), "{:?}", seen.groups);
    world.assert_converged().await;
}

/// hr-case 2.
#[tokio::test]
async fn rehire_under_a_new_number_gets_the_old_account_and_the_new_number() {
    let world = World::settled().await;
    let person = someone_long_gone(&world, Leaving::resigned(date(2026, 3, 4))).await;
    let (login, user) = (world.okta(&person).login, world.user(&person));
    let number = world.profile(&person, "employeeNumber");
    world.at("2026-03-20T18:00:00Z");
    world.hr(|company| hr::rehire_with_new_number(company, &person, date(2026, 3, 23)));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned, "not before the first day");
    world.assert_converged().await;

    world.at("2026-03-23T02:05:00Z");
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!((seen.login, world.user(&person)), (login, user));
    assert_eq!(seen.status, Status::Provisioned);
    assert!(seen.groups.contains(&"Employees".to_owned()));
    assert_ne!(world.profile(&person, "employeeNumber"), number);
    world.assert_converged().await;
}

/// hr-case 2.
#[tokio::test]
async fn rehire_under_a_new_number_within_the_days_of_grace_is_opened_on_the_first_day() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    world.hr(|company| hr::rehire_with_new_number(company, &person, date(2026, 3, 11)));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended, "gone until then");
    world.assert_converged().await;

    world.at("2026-03-11T12:00:00Z");
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, after.groups), (Status::Active, before.groups));
    world.assert_converged().await;
}

/// hr-case 3.
#[tokio::test]
async fn rehire_entered_as_a_new_person_is_nobody_we_know_and_gets_a_login_nobody_had() {
    let world = World::settled().await;
    let person = someone_long_gone(&world, Leaving::resigned(date(2026, 3, 4))).await;
    let before = world.okta(&person);
    world.at("2026-03-20T18:00:00Z");
    let copy = world
        .hr(|company| World::who(&hr::rehire_as_duplicate(company, &person, date(2026, 3, 20))));
    world.run_all().await;
    let new = world.okta(&copy);
    assert_eq!(new.status, Status::Provisioned);
    assert_ne!(world.user(&copy), world.user(&person));
    let (old, number) = (before.login.replace('@', "2@"), new.login.clone());
    assert_eq!(number, old, "the same name, and the login stays with its first owner");
    assert_eq!(world.okta(&person), before, "the old account stays closed");
    world.assert_converged().await;
}

/// hr-case 4.
#[tokio::test]
async fn rehire_whom_hr_would_not_take_back_waits_until_hr_says_otherwise() {
    let world = World::settled().await;
    let person = someone_long_gone(&world, Leaving::because(date(2026, 3, 4), "301")).await;
    world.at("2026-03-20T18:00:00Z");
    world.hr(|company| hr::rehire_with_new_number(company, &person, date(2026, 3, 20)));
    let reports = world.run_all().await;
    let found: BTreeSet<_> = reports.iter().flat_map(|it| findings(it, &person)).collect();
    assert_eq!(found, ["not-eligible-for-rehire"].into());
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    assert!(world.mail().iter().any(|it| it.contains("not OK to rehire")), "IT is told");
    world.assert_converged().await;

    world.hr(|company| hr::clear_for_rehire(company, &person));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    world.assert_converged().await;
}

/// hr-case 1.
#[tokio::test]
async fn rehire_on_the_old_record_that_is_known_ahead_ends_the_suspension_of_the_leaver() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.hr(|company| hr::rehire(company, &person, date(2026, 3, 10)));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended, "gone until then");
    world.at("2026-03-10T18:00:00Z");
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, after.groups), (Status::Active, before.groups));
    world.assert_converged().await;
}

/// hr-case 2.
#[tokio::test]
async fn rehire_within_days_of_the_end_ends_the_suspension_of_the_leaver() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-05T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.hr(|company| hr::rehire_with_new_number(company, &person, date(2026, 3, 7)));
    world.run_all().await;
    world.at("2026-03-07T18:00:00Z");
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, after.groups), (Status::Active, before.groups));
    world.assert_converged().await;
}

/// hr-case 1.
#[tokio::test]
async fn rehire_gets_the_activation_mail_that_the_policy_wants() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let user = world.user(&person);
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    world.hr(|company| hr::rehire(company, &person, date(2026, 3, 16)));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    let org = world.town.okta.org();
    let activations = org.mails().iter().filter(|it| it.reason == MailReason::Activation);
    assert_eq!(activations.filter(|it| *it.user == *user).count(), 1);
    drop(org);
    world.assert_converged().await;
}
