//! Ids that look like Okta's, sort by creation and repeat from run to run.

use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// An Okta id. Shared, since a membership alone names two of them.
pub type Id = Arc<str>;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Makes ids: three letters for the kind, six digits of a counter, eleven of a seeded stream.
///
/// The counter makes them sort by creation, so that a page of a list is a range of a map.
#[derive(Debug)]
pub(crate) struct Ids {
    made: u64,
    stream: ChaCha8Rng,
}

impl Ids {
    /// Ids of the stream with this seed.
    pub fn seeded(seed: u64) -> Self {
        Self { made: 0, stream: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// The next id of a kind (`00u`, `00g`, `0oa`, …): 20 characters.
    pub fn next(&mut self, kind: &str) -> Id {
        self.made += 1;
        let mut res = String::with_capacity(20);
        res.push_str(kind);
        let mut rest = self.made;
        let mut digits = [0_u8; 6];
        for slot in digits.iter_mut().rev() {
            *slot = ALPHABET[(rest % 62) as usize];
            rest /= 62;
        }
        res.extend(digits.iter().map(|it| char::from(*it)));
        self.random(&mut res, 20);
        res.into()
    }

    /// A random word of this length, for tokens and request ids.
    pub fn word(&mut self, length: usize) -> String {
        let mut res = String::with_capacity(length);
        self.random(&mut res, length);
        res
    }

    fn random(&mut self, res: &mut String, length: usize) {
        while res.len() < length {
            let at = (self.stream.next_u32() % 62) as usize;
            res.push(char::from(ALPHABET[at]));
        }
    }
}
