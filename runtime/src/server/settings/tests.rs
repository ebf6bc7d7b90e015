use super::*;

#[test]
fn k5_every_setting_out_of_its_bounds_is_named() {
    let settings = Settings {
        max_message_size: 0,
        messages_per_second: Some(0),
        bytes_per_second: Some(0),
        outbox_messages: 0,
        memory_budget: MemoryBudget::Bytes(0),
        send_timeout: Some(Duration::ZERO),
        max_connections: Limit::At(0),
        max_head_bytes: 0,
        kept_header_bytes: Some(0),
        max_head_fields: usize::MAX,
        handshakes_per_second: Some(0),
        handshakes_per_second_per_ip: Limit::At(0),
        ping_interval: Duration::ZERO,
        max_age: Some(Duration::MAX),
        close_timeout: Duration::MAX,
        drain_timeout: Duration::MAX,
        ..Settings::default()
    };
    let problems = settings.problems();
    let names = [
        "max_message_size",
        "messages_per_second",
        "bytes_per_second",
        "outbox_messages",
        "memory_budget",
        "send_timeout",
        "`max_connections`",
        "max_head_bytes",
        "max_head_fields",
        "kept_header_bytes",
        "`handshakes_per_second`",
        "`handshakes_per_second_per_ip`",
        "ping_interval",
        "max_age",
        "close_timeout",
        "drain_timeout",
    ];
    for name in names {
        let naming = problems.iter().filter(|problem| problem.contains(name));
        assert_eq!(naming.count(), 1, "{name} in {problems:?}");
    }
    assert_eq!(problems.len(), names.len());
}

#[test]
fn k5_the_defaults_are_those_of_the_documentation() {
    let seconds = Duration::from_secs;
    let settings = Settings::default();
    assert_eq!(settings.address, "127.0.0.1:8080");
    assert_eq!(settings.max_message_size, 65_536);
    assert_eq!(settings.max_fragments, None);
    assert_eq!(settings.messages_per_second, None);
    assert_eq!(settings.bytes_per_second, None);
    assert_eq!(settings.fast_producer, FastProducer::Wait);
    assert_eq!(settings.outbox_bytes, 1_048_576);
    assert_eq!(settings.outbox_messages, 1_024);
    assert_eq!(settings.memory_budget, MemoryBudget::Auto);
    assert_eq!(settings.slow_consumer, SlowConsumer::Close);
    assert_eq!(settings.send_timeout, None);
    assert_eq!(settings.ping_interval, seconds(25));
    assert_eq!(settings.pong_timeout, seconds(20));
    assert_eq!(settings.message_timeout, seconds(60));
    assert_eq!(settings.write_timeout, seconds(60));
    assert_eq!(settings.min_throughput, Some(2048));
    assert_eq!(settings.max_send_time, None);
    assert_eq!(settings.unfinished_timeout, Some(seconds(60)));
    assert_eq!(settings.send_buffer, None);
    assert_eq!(settings.unsent_bytes, Some(65_536));
    assert_eq!(settings.max_receive_time, None);
    assert_eq!(settings.max_refusals, Some(100));
    assert_eq!(settings.idle_timeout, None);
    assert_eq!(settings.max_age, None);
    assert_eq!(settings.handshake_timeout, seconds(10));
    assert_eq!(settings.close_timeout, seconds(5));
    assert_eq!(settings.drain_timeout, seconds(30));
    assert_eq!(settings.handler_timeout, None);
    assert_eq!(settings.handler_grace, seconds(30));
    assert_eq!(settings.max_connections, Limit::Auto);
    assert_eq!(settings.max_connections_per_ip, None);
    assert_eq!(settings.max_connections_per_key, None);
    assert_eq!(settings.handshakes_per_second, None);
    assert_eq!(settings.handshakes_per_second_per_ip, Limit::Auto);
    assert_eq!(settings.trusted_proxies, TrustedProxies::none());
    assert!(!settings.proxy_protocol);
    assert_eq!(settings.max_head_bytes, 32_768);
    assert_eq!(settings.max_head_fields, 128);
    assert_eq!(settings.kept_header_bytes, Some(8192));
    assert_eq!(settings.hosts, Hosts::auto());
    assert_eq!(settings.origins, Origins::same());
    assert_eq!(settings.compression, Compression::off());
    assert_eq!(settings.unhandled, Unhandled::Close);
    assert_eq!(settings.unsent_reply, UnsentReply::Close);
    assert_eq!(settings.workers, Workers::shared());
    assert_eq!(settings.http2_max_streams, None);
    assert_eq!(settings.http2_window, None);
    assert_eq!(settings.http2_outbox_bytes, None);
    assert_eq!(settings.broker_url, "");
    assert_eq!(settings.cluster, "wspring");
    assert!(settings.cluster_secret.is_empty());
    assert!(settings.cluster_secret_accepted.is_empty());
    assert!(!settings.cluster_encryption);
    assert_eq!(settings.health, "");
}

#[test]
fn the_defaults_are_within_their_bounds_and_a_drain_may_wait_for_nobody() {
    let settings = Settings {
        drain_timeout: Duration::ZERO,
        ..Settings::default()
    };
    assert_eq!(settings.problems(), [""; 0]);
}

#[test]
fn half_of_a_certificate_is_a_problem() {
    let settings = Settings {
        tls_key: "key.pem".into(),
        ..Settings::default()
    };
    let expected = if cfg!(feature = "tls") {
        "`tls_key` is set without `tls_certificate`"
    } else {
        "build it with the feature `tls` of wspring"
    };
    assert!(settings.problems()[0].contains(expected));
}

#[test]
fn a_time_below_the_timer_s_step_is_a_problem() {
    let settings = |ping_interval| Settings {
        ping_interval,
        ..Settings::default()
    };
    assert!(settings(SHORTEST).problems().is_empty());
    let problems = settings(Duration::from_nanos(1)).problems();
    assert!(problems[0].contains("`ping_interval` is shorter than a millisecond"));
}
