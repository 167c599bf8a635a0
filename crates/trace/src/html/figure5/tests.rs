use super::*;

fn plain() -> String {
    figure5("The states", |_| Dress::default())
}

/// A rectangle: left, top, right, bottom.
type Area = (i16, i16, i16, i16);

fn overlap(one: Area, other: Area) -> bool {
    one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
}

fn area(state: State) -> Area {
    let ((x, y), half) = layout::place(state);
    (x - HALF_WIDTH, y - half, x + HALF_WIDTH, y + half)
}

/// The room of a label: no letter of a sans-serif face is wider than 7 on the average of its line.
fn room(route: &Route) -> Area {
    let lines = || route.event.iter().chain(route.action);
    let letters = lines().map(|line| line.len()).max().unwrap_or_default();
    let width = i16::try_from(letters * 7).unwrap();
    let height = i16::try_from(lines().count() * 14).unwrap();
    let (x, y) = route.label;
    let left = match route.anchor {
        Anchor::Start => x,
        Anchor::Middle => x - width / 2,
        Anchor::End => x - width,
    };
    (left, y - 10, left + width, y - 10 + height)
}

/// The stretches of a route as rectangles without width.
fn stretches(route: &Route) -> Vec<Area> {
    let pair = |pair: &[Point]| {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        (x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2))
    };
    route.corners.windows(2).map(pair).collect()
}

/// Whether a stretch runs through the inside of an area.
fn crosses(stretch: Area, area: Area) -> bool {
    stretch.0 < area.2
        && area.0 < stretch.2.max(stretch.0 + 1)
        && stretch.1 < area.3
        && area.1 < stretch.3.max(stretch.1 + 1)
}

fn on_the_edge(point: Point, state: State) -> bool {
    let (left, top, right, bottom) = area(state);
    let within = (left..=right).contains(&point.0) && (top..=bottom).contains(&point.1);
    within && (point.0 == left || point.0 == right || point.1 == top || point.1 == bottom)
}

#[test]
fn every_state_and_every_arrow_is_drawn_once() {
    let drawn = plain();
    for state in State::ALL {
        assert_eq!(
            drawn.matches(&format!(r#"data-state="{state}""#)).count(),
            1
        );
    }
    for index in 0..TRANSITIONS.len() {
        assert_eq!(
            drawn.matches(&format!(r#"data-arrow="{index}""#)).count(),
            1
        );
    }
    assert_eq!(drawn.matches("data-").count(), 11 + TRANSITIONS.len());
}

#[test]
fn every_arrow_leads_from_its_first_state_to_its_second() {
    for (route, arrow) in ROUTES.iter().zip(TRANSITIONS) {
        let [first, .., last] = *route.corners else {
            panic!("{arrow:?} has one corner");
        };
        assert!(on_the_edge(first, arrow.from), "{arrow:?}");
        assert!(on_the_edge(last, arrow.to), "{arrow:?}");
    }
}

#[test]
fn every_stretch_is_level_or_upright_and_longer_than_its_corners() {
    for (route, arrow) in ROUTES.iter().zip(TRANSITIONS) {
        for (x1, y1, x2, y2) in stretches(route) {
            assert!(x1 == x2 || y1 == y2, "{arrow:?}");
            assert!(x2 - x1 + y2 - y1 >= 14, "{arrow:?}");
        }
    }
}

#[test]
fn labels_keep_clear_of_states_lines_and_each_other() {
    for (index, route) in ROUTES.iter().enumerate() {
        let label = room(route);
        let arrow = TRANSITIONS[index];
        assert!(overlap(label, (0, 0, SIZE.0, SIZE.1)), "{arrow:?}");
        for state in State::ALL {
            assert!(!overlap(label, area(state)), "{arrow:?} and {state}");
        }
        for (other, its) in ROUTES.iter().zip(TRANSITIONS) {
            for stretch in stretches(other) {
                assert!(
                    !crosses(stretch, label),
                    "{arrow:?} and the line of {its:?}"
                );
            }
        }
        for (other, its) in ROUTES.iter().zip(TRANSITIONS).skip(index + 1) {
            assert!(!overlap(label, room(other)), "{arrow:?} and {its:?}");
        }
    }
}

#[test]
fn lines_keep_clear_of_states_and_do_not_cross() {
    let all: Vec<(usize, Area)> = ROUTES
        .iter()
        .enumerate()
        .flat_map(|(index, route)| stretches(route).into_iter().map(move |part| (index, part)))
        .collect();
    for (index, stretch) in &all {
        for state in State::ALL {
            let (left, top, right, bottom) = area(state);
            let inside = (left + 1, top + 1, right - 1, bottom - 1);
            assert!(
                !crosses(*stretch, inside),
                "{:?} and {state}",
                TRANSITIONS[*index]
            );
        }
        for (other, its) in &all {
            if index == other {
                continue;
            }
            let wide = (its.0 - 3, its.1 - 3, its.2 + 3, its.3 + 3);
            assert!(
                !crosses(*stretch, wide),
                "{:?} and {:?}",
                TRANSITIONS[*index],
                TRANSITIONS[*other]
            );
        }
    }
}

#[test]
fn a_label_says_the_event_and_the_action_in_short() {
    for (route, arrow) in ROUTES.iter().zip(TRANSITIONS) {
        let short = |text: &str| {
            let text = text.replace("receive", "rcv").replace("send", "snd");
            text.replace(" (note 1)", "").replace(" (note 2)", "")
        };
        assert_eq!(route.event.join(" "), short(arrow.event));
        let action = match arrow.event.contains("(note 1)") {
            true => "(note 1)".to_owned(),
            false => short(arrow.action),
        };
        assert_eq!(route.action.join(" "), action);
    }
}

#[test]
fn a_page_can_dress_a_part() {
    let drawn = figure5("\"All\"", |part| match part {
        Part::Arrow(7) => Dress {
            class: "taken",
            href: Some("#arrow-7".to_owned()),
            remark: ", seen".to_owned(),
        },
        _ => Dress::default(),
    });
    assert!(
        drawn.contains(
            r##"<a data-arrow="7" href="#arrow-7" class="taken"><title>SYN-SENT to ESTABLISHED: receive SYN,ACK; send ACK, seen</title>"##
        ),
        "{drawn}"
    );
    assert!(drawn.contains(r#"role="group" aria-label="&quot;All&quot;""#));
    assert!(plain().contains(r#"role="img""#));
}

#[test]
fn the_picture_stays_small_and_in_one_line() {
    let drawn = plain();
    assert!(drawn.len() <= 8_000, "{}", drawn.len());
    assert!(!drawn.contains(['\n', '{']));
}
