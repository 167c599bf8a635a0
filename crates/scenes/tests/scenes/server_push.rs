scenes! {
    ten_events_short_polling
    ten_events_long_polling
    ten_events_event_stream
}
