//! People whom stories hire and let go.

use jiff::civil::Date;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall_sandbox::company::{
    hr::{self, Leaving, NewHire},
    names::Name,
};
use rollcall_tests::World;

/// Hires somebody plausible at a site, who starts on a day.
pub fn hire(world: &World, start: Date, location: &str) -> String {
    hire_as(world, start, location, |it| it)
}

/// The same with something else than plausible.
pub fn hire_as(
    world: &World,
    start: Date,
    location: &str,
    change: impl FnOnce(NewHire) -> NewHire,
) -> String {
    let mut random = ChaCha12Rng::seed_from_u64(42);
    world.hr(|company| {
        let plausible = NewHire::plausible(company, start, &mut random);
        let location = location.to_owned();
        let employee_type = "REG".to_owned();
        let new = change(NewHire { location, employee_type, contract_end: None, ..plausible });
        World::who(&hr::hire(company, new))
    })
}

/// Hires somebody of that name in New York.
pub fn hire_called(world: &World, start: Date, first: &str, last: &str) -> String {
    hire_as(world, start, "NYC1", |it| NewHire { name: named(first, last), ..it })
}

/// A legal name without a preferred one.
pub fn named(first: &str, last: &str) -> Name {
    let (first, last) = (first.to_owned(), last.to_owned());
    Name { first, last, preferred: None, plain: "nobody.typed".to_owned() }
}

/// HR enters an ordinary resignation.
pub fn resigns(world: &World, person: &str, last_day: Date) {
    world.hr(|company| hr::terminate(company, person, Leaving::resigned(last_day)));
}

/// So many ordinary people with one employment each: more than three are over the limit of so
/// small a company.
pub fn several(world: &World, count: usize) -> Vec<String> {
    let doubles: Vec<String> = world.hr(|it| {
        let people = it.people().iter().filter(|it| it.employments.len() > 1);
        people.map(|it| it.person_id.clone()).collect()
    });
    let mut res: Vec<String> = Vec::new();
    while res.len() < count {
        let is_new = |id: &str| res.iter().chain(&doubles).all(|it| it != id);
        let next = world.pick(|it| !it.is_contractor && is_new(it.person_id));
        res.push(next);
    }
    res
}
