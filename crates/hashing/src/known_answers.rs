//! Inputs whose hashes are known from elsewhere, computed when the lane starts: a processor or a build
//! that gets them wrong must not store a single hash.

use crate::cost::Cost;
use crate::engine::{Engine, Input};

struct KnownAnswer {
    name: &'static str,
    input: Input<'static>,
    tag: &'static str,
}

const fn plain(memory_kib: u32, passes: u32, lanes: u32) -> Input<'static> {
    let cost = Cost { memory_kib, passes, lanes };
    Input { password: b"password", salt: b"somesalt", secret: b"", associated: b"", cost }
}

const KNOWN: [KnownAnswer; 4] = [
    KnownAnswer {
        name: "RFC 9106, section 5.3",
        input: Input {
            password: &[1; 32],
            salt: &[2; 16],
            secret: &[3; 8],
            associated: &[4; 12],
            cost: Cost { memory_kib: 32, passes: 3, lanes: 4 },
        },
        tag: "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
    },
    KnownAnswer {
        name: "reference implementation, one lane",
        input: plain(256, 2, 1),
        tag: "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
    },
    KnownAnswer {
        name: "reference implementation, two lanes",
        input: plain(256, 2, 2),
        tag: "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
    },
    KnownAnswer {
        name: "reference implementation, default cost with a pepper",
        input: Input {
            password: "пароль Grün 42".as_bytes(),
            salt: b"0123456789abcdef",
            secret: b"pepper pepper pepper pepper pepp",
            associated: b"",
            cost: Cost::FLOOR,
        },
        tag: "4e4767c0d6e23071bb8effc3a846741849bdeaf62b0451bc6049ef38e361d9d0",
    },
];

/// The first input that comes out wrong, if any.
pub(crate) fn first_wrong(engine: &mut dyn Engine) -> Option<&'static str> {
    let wrong = KNOWN.iter().find(|known| {
        let mut tag = [0; 32];
        engine.compute(&known.input, &mut tag).is_err() || !is_written_as(&tag, known.tag)
    });
    engine.wipe();
    wrong.map(|known| known.name)
}

fn is_written_as(bytes: &[u8], hex: &str) -> bool {
    hex.len() == 2 * bytes.len()
        && bytes.iter().enumerate().all(|(at, byte)| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16) == Ok(*byte))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::{Declined, Implementation};

    #[test]
    fn both_implementations_know_the_answers() {
        // dependencies 5, ruling 1.
        for implementation in [Implementation::Mature, Implementation::Fast] {
            let mut engine = implementation.engine(Cost::FLOOR, &Arc::default()).unwrap();
            assert_eq!(first_wrong(engine.as_mut()), None, "{implementation}");
        }
    }

    #[test]
    fn an_engine_with_one_wrong_bit_is_found_out() {
        struct WrongBit(Box<dyn Engine>);
        impl Engine for WrongBit {
            fn compute(&mut self, input: &Input<'_>, tag: &mut [u8]) -> Result<(), Declined> {
                self.0.compute(input, tag)?;
                // Wrong for a peppered input alone: the other answers would not show it.
                if input.secret.len() == 32 {
                    tag[31] ^= 1;
                }
                Ok(())
            }
            fn wipe(&mut self) {}
        }
        let sound = Implementation::Mature.engine(Cost::FLOOR, &Arc::default()).unwrap();
        assert_eq!(first_wrong(&mut WrongBit(sound)), Some("reference implementation, default cost with a pepper"));
    }
}
