//! Lessons, divided among sessions; pure.

/// The minutes of a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lesson {
    /// Those of its text.
    pub(super) text: u32,
    /// Those of its exercise.
    pub(super) exercise: u32,
}

/// What one session has of a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Which lesson.
    pub(super) lesson: usize,
    /// The minutes of its text, if that is in the session.
    pub(super) text: Option<u32>,
    /// The minutes of its exercise, if that is in the session.
    pub(super) exercise: Option<u32>,
}

impl Piece {
    /// How long it takes.
    pub(super) fn minutes(&self) -> u32 {
        self.text
            .unwrap_or(0)
            .saturating_add(self.exercise.unwrap_or(0))
    }
}

/// What each session has.
pub(super) type Sessions = [Vec<Piece>];

/// How long a session takes.
pub(super) fn minutes(pieces: &[Piece]) -> u32 {
    pieces
        .iter()
        .map(Piece::minutes)
        .fold(0, u32::saturating_add)
}

/// Divides the lessons, in their order, among sessions of so many minutes. A lesson that fits into one session is not
/// divided; of any other the text comes first, and then the exercise. What is longer than a session by itself has one
/// alone, which takes longer.
pub(super) fn pack(lessons: &[Lesson], session: u32) -> Vec<Vec<Piece>> {
    let mut sessions: Vec<Vec<Piece>> = Vec::new();
    for (lesson, &Lesson { text, exercise }) in lessons.iter().enumerate() {
        let whole = Piece {
            lesson,
            text: (text > 0).then_some(text),
            exercise: (exercise > 0).then_some(exercise),
        };
        if whole.minutes() <= session {
            place(&mut sessions, whole, session);
            continue;
        }
        for half in [
            Piece {
                exercise: None,
                ..whole
            },
            Piece {
                text: None,
                ..whole
            },
        ] {
            place(&mut sessions, half, session);
        }
    }
    sessions
}

/// Puts the piece into the last session, or into a new one.
fn place(sessions: &mut Vec<Vec<Piece>>, piece: Piece, session: u32) {
    if piece.minutes() == 0 {
        return;
    }
    match sessions.last_mut() {
        Some(last) if minutes(last).saturating_add(piece.minutes()) <= session => last.push(piece),
        _ => sessions.push(vec![piece]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lessons() -> impl Strategy<Value = Vec<Lesson>> {
        let lesson = (0..80_u32, 0..80_u32).prop_map(|(text, exercise)| Lesson { text, exercise });
        prop::collection::vec(lesson, 0..40)
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_comes_twice_and_the_order_stays(lessons in lessons(), session in 1..150_u32) {
            let sessions = pack(&lessons, session);
            let mut expected = Vec::new();
            for (lesson, Lesson { text, exercise }) in lessons.iter().enumerate() {
                expected.extend((*text > 0).then_some((lesson, "text", *text)));
                expected.extend((*exercise > 0).then_some((lesson, "exercise", *exercise)));
            }
            let mut found = Vec::new();
            for piece in sessions.iter().flatten() {
                found.extend(piece.text.map(|it| (piece.lesson, "text", it)));
                found.extend(piece.exercise.map(|it| (piece.lesson, "exercise", it)));
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn a_session_is_too_long_only_if_one_thing_in_it_is(lessons in lessons(), session in 1..150_u32) {
            for pieces in pack(&lessons, session) {
                prop_assert!(!pieces.is_empty());
                let alone = pieces.len() == 1 && (pieces[0].text.is_none() || pieces[0].exercise.is_none());
                prop_assert!(minutes(&pieces) <= session || alone, "{:?}", pieces);
            }
        }

        #[test]
        fn a_lesson_is_divided_only_if_it_does_not_fit(lessons in lessons(), session in 1..150_u32) {
            let pieces: Vec<Piece> = pack(&lessons, session).concat();
            for pair in pieces.windows(2) {
                if pair[0].lesson == pair[1].lesson {
                    let Lesson { text, exercise } = lessons[pair[0].lesson];
                    prop_assert!(text + exercise > session);
                }
            }
        }

        #[test]
        fn no_session_has_room_for_what_comes_next(lessons in lessons(), session in 1..150_u32) {
            for pair in pack(&lessons, session).windows(2) {
                prop_assert!(minutes(&pair[0]) + pair[1][0].minutes() > session);
            }
        }
    }
}
