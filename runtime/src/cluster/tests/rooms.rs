//! What is sent to a room from one node to the members on all of them.

use std::sync::atomic::Ordering;

use super::*;
use crate::cluster::wire::Packet;
use crate::message::MessageKind;
use crate::registry::{Count, deliver_to_room, join, leave};
use crate::session::{Frame, RoomName};

/// A room whose name no other test has.
fn own_room(test: &str, name: &str) -> RoomName {
    RoomName::new(format!("cluster tests {test} {name}").into()).unwrap()
}

impl Server {
    /// A site of its own, so that its sessions are in rooms for it.
    fn site(&self) -> Arc<Site> {
        sample_at(
            Arc::<Registry>::downgrade(&self.registry),
            "/<id>",
            OnDuplicate::Newest,
        )
    }

    /// Sends as a process does whose only server this is.
    async fn send_to(&self, room: &RoomName, text: &str) -> Result<Count, SendError> {
        let frame = Frame::new(text).unwrap();
        let audience = Audience::Room(room.clone());
        let others = Others::with(&[Arc::clone(&self.registry)], &audience);
        let there = others.message(&audience, &frame)?;
        let here = deliver_to_room(&self.registry, room, &frame).await?;
        let answers = there.ask().await;
        Ok(Count {
            sessions: here.sessions + answers.sessions,
            is_partial: answers.is_partial,
        })
    }
}

struct Member {
    session: Session,
    at: usize,
    /// Since when it is in the room.
    since: Option<Instant>,
}

#[tokio::test(start_paused = true)]
async fn members_get_each_message_once_or_it_is_told_whatever_the_network_does() {
    let mut partial = 0;
    for seed in 0..24 {
        partial += run(seed).await;
    }
    assert!(partial > 24, "the network was too good: {partial}");
}

async fn run(seed: u64) -> usize {
    let mut random = StdRng::seed_from_u64(seed);
    let network = Network::new(seed);
    let mut servers = servers(&network).await;
    let sites = servers.each_ref().map(Server::site);
    let room = own_room("faulty", &seed.to_string());
    network.set_faulty(true);
    let mut members: Vec<Member> = Vec::new();
    let mut partial = 0;
    for step in 0..200 {
        let at = random.random_range(0..3);
        match random.random_range(0..20) {
            0..3 => {
                let key = members.len().to_string();
                let session = servers[at].open(&sites[at], &key);
                let since = None;
                members.push(Member { session, at, since });
            }
            3..6 if !members.is_empty() => {
                let which = random.random_range(0..members.len());
                let member = &mut members[which];
                if member.since.take().is_some() {
                    assert!(leave(&room, &member.session));
                } else {
                    assert_eq!(join(room.clone(), &member.session), Ok(true));
                    member.since = Some(Instant::now());
                }
            }
            6 => servers[at].cut_or_mend(&mut random),
            7 => servers[at].take_down_or_up(&mut random),
            8..11 => sleep(Duration::from_millis(random.random_range(0..3000))).await,
            _ => {
                let must_have = |member: &Member| {
                    let is_settled = member.since.is_some_and(|since| since.elapsed() > SETTLED);
                    is_settled
                        && (member.at == at
                            || servers[at].is_sound() && servers[member.at].is_sound())
                };
                let expected: Vec<_> = members.iter().map(must_have).collect();
                let text = format!("{step:08}");
                let sent = servers[at].send_to(&room, &text).await.unwrap();
                let mut times = 0;
                for (member, must_have) in members.iter().zip(expected) {
                    let got = queued(&member.session);
                    let what = format!("seed {seed}, {text}: {sent:?}, one got {got:?}");
                    assert!(got.is_empty() || got == [&*text], "{what}");
                    assert!(
                        got.is_empty() || member.since.is_some(),
                        "{what}, and is no member"
                    );
                    let may_miss = sent.is_partial && member.at != at;
                    assert!(!got.is_empty() || !must_have || may_miss, "{what}");
                    times += got.len();
                }
                let what = format!("seed {seed}, {text}: {sent:?}, and {times} got it");
                assert!(
                    times == sent.sessions || sent.is_partial && times > sent.sessions,
                    "{what}"
                );
                partial += usize::from(sent.is_partial);
            }
        }
    }
    mend(&network, &servers).await;
    let there = members
        .iter()
        .filter(|member| member.since.is_some())
        .count();
    for server in &servers {
        let sent = server.send_to(&room, "12345678").await;
        let all = Count {
            sessions: there,
            is_partial: false,
        };
        assert_eq!(sent.unwrap(), all, "seed {seed}");
        let of = Audience::Room(room.clone());
        let here = server.node().count(&of);
        let elsewhere = count(&[Arc::clone(&server.registry)], of).await;
        assert_eq!(here + elsewhere.sessions, there, "seed {seed}");
        assert!(!elsewhere.is_partial);
    }
    // Nobody is asked for whom there is nothing.
    for member in &members {
        leave(&room, &member.session);
    }
    sleep(SETTLED).await;
    for server in &mut servers {
        let nodes = server
            .node()
            .directory()
            .nodes_of(&Audience::Room(room.clone()));
        assert_eq!(nodes, [], "seed {seed}");
    }
    partial
}

/// What no node of ours sends is counted, and does nothing.
#[tokio::test(start_paused = true)]
async fn what_must_not_be_sent_to_a_client_is_refused() {
    let network = Network::new(1);
    let [mut server, other, _] = servers(&network).await;
    let site = server.site();
    let session = server.open(&site, "1");
    let room = own_room("refused", "1");
    assert_eq!(join(room.clone(), &session), Ok(true));
    let close = |code: u16, reason: &str| Packet::Close {
        whose: Whose::Key {
            endpoint: None,
            key: "1".to_owned(),
        },
        code,
        reason: reason.to_owned(),
    };
    let text = Packet::Broadcast {
        to: Audience::Room(room.clone()),
        kind: MessageKind::Text.into(),
    };
    let pong = Packet::Broadcast {
        to: Audience::Room(room.clone()),
        kind: MessageKind::Pong.into(),
    };
    let (node, from) = (server.node(), other.node());
    let bad: [(Packet, &[u8]); 4] = [
        (close(1006, ""), b""),
        (close(1008, &"x".repeat(124)), b""),
        (text, b"\xff"),
        (pong, &[0; 126]),
    ];
    for (number, (packet, payload)) in bad.into_iter().enumerate() {
        let life = Duration::from_secs(1);
        let sealed = from.sealed(node.id(), &packet, payload, life).unwrap();
        assert!(from.request(&sealed).await.is_err(), "it is not answered");
        let malformed = node.refused.malformed.load(Ordering::Relaxed);
        assert_eq!(malformed, number as u64 + 1);
    }
    assert!(session.is_open());
    assert_eq!(queued(&session), [""; 0]);
}

/// A logout does not depend on what a node has heard of others.
#[tokio::test(start_paused = true)]
async fn a_logout_reaches_nodes_that_were_not_heard_yet() {
    let network = Network::new(1);
    let mut servers = servers(&network).await;
    let site = servers[0].site();
    let session = servers[0].open(&site, "1");
    for server in &servers {
        server.client.set_cut(true);
    }
    let new = Server::start(&network);
    while new.node().probe().await.is_err() {
        sleep(Duration::from_millis(1)).await;
    }
    for server in &servers {
        server.client.set_cut(false);
    }
    // It is there, and has heard of nobody.
    assert_eq!(new.node().directory().peers(), 0);
    let whose = Whose::Key {
        endpoint: None,
        key: "1".to_owned(),
    };
    let closed = close(&[Arc::clone(&new.registry)], whose, 1008, "out").await;
    assert!(closed.is_partial);
    sleep(Duration::from_millis(1)).await;
    assert!(!session.is_open());
}
