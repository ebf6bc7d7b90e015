use proptest::prelude::*;

use super::world::World;
use super::*;

#[derive(Clone, Debug)]
enum Step {
    Join(usize, u8),
    Leave(usize, usize),
    Room(usize, usize),
    Cut(usize),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_usize, 0..8_u8).prop_map(|(at, key)| Step::Join(at, key)),
        3 => (0..3_usize, 0..100_usize).prop_map(|(at, which)| Step::Leave(at, which)),
        3 => (0..3_usize, 0..3_usize).prop_map(|(at, room)| Step::Room(at, room)),
        1 => (0..3_usize).prop_map(Step::Cut),
        4 => (0..3_000_u64).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is lost, doubled, late or cut off: nobody is called offline who is not, and when the network is sound
    /// again, all nodes know the same within the time in which a dead one is noticed.
    #[test]
    fn all_nodes_come_to_know_the_same(
        seed in any::<u64>(),
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut world = World::new(3, seed);
        for step in steps {
            match step {
                Step::Join(at, key) => {
                    let policies = [
                        OnDuplicate::Newest,
                        OnDuplicate::All,
                        OnDuplicate::CloseOlder,
                        OnDuplicate::Reject,
                    ];
                    let policy = policies[usize::from(key) % 4];
                    world.join(at, &key.to_string(), policy);
                }
                Step::Leave(at, which) => world.leave(at, which),
                Step::Room(at, room) => world.turn_room(at, ["a", "b", "c"][room]),
                Step::Cut(at) => world.cut(at),
                Step::Pass(time) => world.pass(Duration::from_millis(time)),
            }
        }
        world.mend();
        world.pass(Duration::from_secs(8));
        world.check_all();
    }
}
