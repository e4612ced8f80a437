//! What people are told, in whose words, and when.

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{company::hr, town::Options};
use rollcall_tests::{FIRST_DAY, World};

use crate::hires::resigns;

/// hr-case 13.
#[tokio::test]
async fn manager_hears_of_a_last_day_a_week_and_a_day_before_each_once_and_anew_when_it_moves() {
    let world = World::settled().await;
    let person = world.pick(|it| it.location == "NYC1" && it.manager_person_id.is_some());
    let told = || {
        let mail = world.mail();
        let about = mail.iter().filter(|it| it.contains(" leaves ") && it.contains("hand over"));
        about.map(|it| it.lines().nth(1).unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 20));
    for day in ["2026-03-04", "2026-03-13", "2026-03-14", "2026-03-19"] {
        world.at(&format!("{day}T18:00:00Z"));
        world.run(Flow::Offboarding).await;
        world.run(Flow::Offboarding).await;
    }
    let subjects = told();
    assert_eq!(subjects.len(), 2, "a week before, and a day before: {subjects:?}");
    assert!(subjects.iter().any(|it| it.ends_with("leaves in 7 days, on 2026-03-20")));
    assert!(subjects.iter().any(|it| it.ends_with("leaves tomorrow, on 2026-03-20")));
    let mail = world.mail();
    let letter = mail.iter().find(|it| it.contains("hand over")).expect("was just counted");
    assert!(letter.starts_with("To: manager "), "{letter}");

    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    resigns(&world, &person, date(2026, 3, 20));
    world.run_all().await;
    assert_eq!(told().len(), 3, "HR took it back and said it again");
    world.assert_converged().await;
}

#[tokio::test]
async fn message_begins_in_the_policys_words_and_names_as_many_as_it_wants() {
    let edit = |policy: String| {
        policy
            .replace("people_per_message: 50", "people_per_message: 1")
            .replace("{people} lost access in Okta, as UKG says.", "Gone from Larkspur: {people}.")
    };
    let world = World::settled_with(Options::new(40, 7, FIRST_DAY), edit).await;
    world.at("2026-03-06T18:00:00Z");
    let one = world.someone_at("NYC1");
    let two = world.pick(|it| !it.is_contractor && it.person_id != one);
    for person in [&one, &two] {
        resigns(&world, person, date(2026, 3, 4));
    }
    world.run(Flow::Offboarding).await;
    let mail = world.mail();
    let told: Vec<&String> =
        mail.iter().filter(|it| it.starts_with("To: security") && it.contains("Gone")).collect();
    let [letter] = &told[..] else { panic!("one message for both: {told:?}") };
    assert!(letter.contains("Subject: Rollcall: 2 people lost access"), "{letter}");
    assert!(letter.contains("Gone from Larkspur: 2 people. Run offboarding-"), "{letter}");
    let logins = [&one, &two].map(|it| world.okta(it).login);
    assert_eq!(logins.iter().filter(|it| letter.contains(*it)).count(), 1, "{letter}");
    assert!(letter.contains("and 1 person more: "), "{letter}");
    world.run_all().await;
    world.assert_converged().await;
}
