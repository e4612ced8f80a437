//! Many records of one kind, packed.
//!
//! A run knows a hundred thousand people and their accounts, and works with one of each at a time.
//! So they are kept as bytes, which take a fifth of the room, and read when they are needed: that
//! takes microseconds. Most of a record is what the first records had, too (codes, names of
//! attributes, domains), so LZ4 gets these to look back at.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    marker::PhantomData,
};

use hashbrown::HashTable;
use serde::{Serialize, de::DeserializeOwned};

/// How much of the first records the others look back at, in bytes. More finds little more and
/// has to be looked through for each record.
const SAMPLE: usize = 2048;

/// Records by their place, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf<T> {
    records: Vec<Record>,
    /// The first records, written one after another.
    sample: Vec<u8>,
    of: PhantomData<T>,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Record {
    /// As it was written; there was nothing yet to look back at.
    Plain(Box<[u8]>),
    /// With what it has in common with the sample left out.
    Packed(Box<[u8]>),
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { records: Vec::new(), sample: Vec::new(), of: PhantomData }
    }
}

impl<T> Shelf<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Makes room for so many more, so that none is moved when they come.
    pub fn reserve(&mut self, records: usize) {
        self.records.reserve_exact(records);
    }
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    fn pack(&mut self, it: &T) -> Record {
        let written = postcard::to_allocvec(it).expect("memory can be written to");
        if self.sample.len() < SAMPLE {
            self.sample.extend(&written);
            return Record::Plain(written.into());
        }
        let packed = lz4_flex::block::compress_prepend_size_with_dict(&written, &self.sample);
        // Copied: shrunk in its place it would keep the room that it was packed in.
        Record::Packed(packed.as_slice().into())
    }

    /// Adds one; returns its place.
    pub fn push(&mut self, it: &T) -> usize {
        let record = self.pack(it);
        self.records.push(record);
        self.records.len() - 1
    }

    /// Puts another one in a place that is taken.
    pub fn replace(&mut self, at: usize, it: &T) {
        self.records[at] = self.pack(it);
    }

    /// The one in this place.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn get(&self, at: usize) -> T {
        let read = |bytes: &[u8]| postcard::from_bytes(bytes).expect("it was written here");
        match &self.records[at] {
            Record::Plain(bytes) => read(bytes),
            Record::Packed(bytes) => {
                let sample = &self.sample;
                let bytes = lz4_flex::block::decompress_size_prepended_with_dict(bytes, sample);
                read(&bytes.expect("it was packed here"))
            }
        }
    }

    /// Those that may have `key`, with their places: whoever asks must see which of them has it.
    pub fn under(
        &self,
        places: &Places,
        key: &(impl Hash + ?Sized),
    ) -> impl Iterator<Item = (usize, T)> {
        places.find(key).into_iter().map(|at| (at, self.get(at)))
    }

    /// All of them, in the order of their places.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> {
        (0..self.len()).map(|at| self.get(at))
    }
}

impl<T: Serialize + DeserializeOwned> Extend<T> for Shelf<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, all: I) {
        for it in all {
            self.push(&it);
        }
    }
}

impl<T: Serialize + DeserializeOwned> FromIterator<T> for Shelf<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut res = Self::default();
        res.extend(all);
        res
    }
}

/// Where on a shelf a record is, by something that it has: a key, a login. Only the place is kept,
/// so whoever looks one up must see whether the record has it indeed: two may look alike from
/// here, and several may have the same.
#[derive(Clone, Debug, Default)]
pub struct Places {
    table: HashTable<Place>,
    hashes: RandomState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Half of the key's hash, so that a larger table needs no record to be read.
    half: u32,
    at: u32,
}

impl Place {
    fn hash(self) -> u64 {
        spread(self.half)
    }
}

/// A hash of 64 bits from half of one.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Places {
    /// Makes room for so many more.
    pub fn reserve(&mut self, places: usize) {
        self.table.reserve(places, |it| it.hash());
    }

    fn place(&self, key: &(impl Hash + ?Sized), at: usize) -> Place {
        let at = u32::try_from(at).expect("a shelf has no billions of records");
        Place { half: self.half(key), at }
    }

    fn half(&self, key: &(impl Hash + ?Sized)) -> u32 {
        u32::try_from(self.hashes.hash_one(key) >> 32).expect("half of it is left")
    }

    /// Remembers that the record in this place has `key`.
    pub fn insert(&mut self, key: &(impl Hash + ?Sized), at: usize) {
        let place = self.place(key, at);
        self.table.insert_unique(place.hash(), place, |it| it.hash());
    }

    /// Forgets that the record in this place has `key`.
    pub fn remove(&mut self, key: &(impl Hash + ?Sized), at: usize) {
        let place = self.place(key, at);
        if let Ok(found) = self.table.find_entry(place.hash(), |it| *it == place) {
            found.remove();
        }
    }

    /// The places of records that may have `key`, in order: every one that has it is among them.
    fn find(&self, key: &(impl Hash + ?Sized)) -> Vec<usize> {
        let half = self.half(key);
        let found = self.table.iter_hash(spread(half)).filter(|it| it.half == half);
        let mut found: Vec<usize> = found.filter_map(|it| usize::try_from(it.at).ok()).collect();
        found.sort_unstable();
        found
    }
}

/// Things by number, each of them once.
#[derive(Clone, Debug)]
pub struct Numbered<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    /// The number of `it`, which is another one's only if the two are equal.
    pub fn number(&mut self, it: &T) -> u32 {
        if let Some(known) = self.numbers.get(it) {
            return *known;
        }
        let number = u32::try_from(self.all.len()).expect("nothing here has billions of kinds");
        self.all.push(it.clone());
        self.numbers.insert(it.clone(), number);
        number
    }
}

impl<T> Numbered<T> {
    /// What has this number.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.all.get(usize::try_from(number).ok()?)
    }
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::ids::PersonId;

    /// A record with what all have in common, and what one has alone.
    type Badge = (String, Option<PersonId>, Vec<u32>);

    fn badge(i: u32) -> Badge {
        (
            format!("Larkspur Optics, Seattle, badge {i}"),
            Some(format!("P{i:05}").into()),
            vec![i; 3],
        )
    }

    #[test]
    fn what_was_put_on_a_shelf_comes_back_and_takes_less_room() {
        let mut shelf = Shelf::default();
        for i in 0..500 {
            assert_eq!(shelf.push(&badge(i)), usize::try_from(i).unwrap());
        }
        assert!(shelf.iter().eq((0..500).map(badge)));
        shelf.replace(3, &badge(1003));
        shelf.replace(300, &badge(1300));
        assert_eq!((shelf.get(3), shelf.get(300), shelf.len()), (badge(1003), badge(1300), 500));
        let (Record::Plain(first), Record::Packed(last)) = (&shelf.records[0], &shelf.records[499])
        else {
            panic!("only the first ones have nothing to look back at");
        };
        assert!(last.len() * 3 < first.len() * 2, "{} of {}", last.len(), first.len());
    }

    #[test]
    fn records_are_found_by_what_they_have_also_when_several_have_it() {
        let mut places = Places::default();
        for at in 0..1000 {
            places.insert(&format!("key {}", at % 900), at);
        }
        assert_eq!(places.find("key 5"), [5, 905]);
        assert_eq!(places.find("key 300"), [300]);
        assert!(places.find("key 900").is_empty());
        places.remove("key 5", 5);
        places.remove("key 300", 4);
        assert_eq!((places.find("key 5"), places.find("key 300")), (vec![905], vec![300]));
    }
}
