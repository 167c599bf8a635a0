use trace::{ControlBits, Event, Frame, Side, Trace};

scenes! {
    close_in_four
    close_after_a_pause
    lost_ack_of_a_fin
    nobody_closes
    fin_behind_a_closed_window
    lost_fins
}

/// The scene in which a program has to be faster than a timer of the kernel.
pub(crate) const IN_TIME: &[&str] = &["close_in_three"];

/// If the machine stalls between the FIN and the program's `close()`, the kernel waits no longer and four segments are the
/// truth. Then the scene is played again. A ladder that differs otherwise is an error at once.
#[test]
fn close_in_three() {
    let scene = scenes::named("close-in-three").expect("the book has this scene");
    let play = || lab::Lab::run_with(scene.settings(), |net| (scene.script)(net));
    let mut trace = play();
    for _ in 0..4 {
        if !the_kernel_was_faster(&trace) {
            break;
        }
        trace = play();
    }
    grade::expect_ladder!(scene.name, scene.title, trace);
}

/// Whether the server's kernel has acknowledged the client's FIN in a segment of its own.
fn the_kernel_was_faster(trace: &Trace) -> bool {
    let mut segments = trace.rows.iter().filter_map(|row| match &row.event {
        Event::Frame { from, bytes, .. } => {
            Some((*from, Frame::decode(bytes).ok()?.segment()?.control))
        }
        Event::Note { .. } => None,
    });
    let is_fin = |(_, control): &(Side, ControlBits)| control.contains(ControlBits::FIN);
    segments.any(|segment| is_fin(&segment))
        && !segments.next().is_some_and(|segment| is_fin(&segment))
}
