//! Spoils a text: a byte, a piece, a value or a name in it becomes something else.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde_json::{Map, Value, json};

/// The text after one to four mishaps. The same seed does the same.
pub fn spoiled(text: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let mut res = text.to_vec();
    for _ in 0..dice.random_range(1..=4) {
        // What is still JSON comes further than what is not.
        res = match serde_json::from_slice(&res) {
            Ok(value) if dice.random_ratio(4, 5) => {
                let mut value: Value = value;
                spoil_value(&mut value, &mut dice);
                serde_json::to_vec(&value).expect("what was JSON is JSON")
            }
            Ok(_) | Err(_) => spoil_bytes(res, &mut dice),
        };
    }
    res
}

fn spoil_bytes(mut bytes: Vec<u8>, dice: &mut ChaCha12Rng) -> Vec<u8> {
    let at = dice.random_range(0..=bytes.len());
    let end = dice.random_range(at..=bytes.len().min(at + 200));
    match dice.random_range(0..5) {
        0 => bytes.truncate(at),
        1 => {
            bytes.drain(at..end);
        }
        2 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        3 => {
            let odd = [b'"', b'\\', b'{', b']', b',', b':', 0, 0xFF, 0xC3, b'-', b'9', b'\n'];
            bytes.insert(at, odd[dice.random_range(0..odd.len())]);
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.random_range(0..8);
            }
        }
    }
    bytes
}

fn spoil_value(value: &mut Value, dice: &mut ChaCha12Rng) {
    // Further down with every step, and somewhere it happens.
    match value {
        Value::Array(items) if !items.is_empty() && dice.random_ratio(9, 10) => {
            let at = dice.random_range(0..items.len());
            match dice.random_range(0..12) {
                0 => {
                    items.remove(at);
                }
                1 => items.push(items[at].clone()),
                2 => items.reverse(),
                _ => spoil_value(&mut items[at], dice),
            }
        }
        Value::Object(fields) if !fields.is_empty() && dice.random_ratio(9, 10) => {
            spoil_fields(fields, dice);
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => *value = odd(value.take(), dice),
    }
}

fn spoil_fields(fields: &mut Map<String, Value>, dice: &mut ChaCha12Rng) {
    let at = dice.random_range(0..fields.len());
    let name = fields.keys().nth(at).cloned().expect("it was counted");
    match dice.random_range(0..12) {
        0 => {
            fields.remove(&name);
        }
        1 => {
            let value = fields.remove(&name).unwrap_or_default();
            fields.insert(name.to_uppercase(), value);
        }
        2 => {
            let other = dice.random_range(0..fields.len());
            let other = fields.values().nth(other).cloned().unwrap_or_default();
            fields.insert(name, other);
        }
        _ => spoil_value(fields.get_mut(&name).expect("it is there"), dice),
    }
}

/// What should not stand where something else stood.
fn odd(value: Value, dice: &mut ChaCha12Rng) -> Value {
    let text = value.as_str().unwrap_or("").to_owned();
    match dice.random_range(0..18) {
        0 => Value::Null,
        1 => json!([]),
        2 => json!({}),
        3 => json!([value]),
        4 => json!({ "value": value }),
        5 => json!(""),
        6 => json!(" \u{0}\u{202E}\u{FEFF}Åßẞǅﬀİ🧑‍🚒 "),
        7 => json!(text.repeat(300)),
        8 => json!("x".repeat(70_000)),
        9 => json!(i64::MIN),
        10 => json!(u64::MAX),
        11 => json!(1e300),
        12 => json!(-0.1),
        13 => json!(true),
        14 => json!("-262143-02-30T99:99:99.999999999999+99:99"),
        15 => json!("9999-12-31T23:59:59.999999999Z"),
        16 => json!("0001-01-01T00:00:00"),
        _ => json!(text.to_uppercase()),
    }
}
