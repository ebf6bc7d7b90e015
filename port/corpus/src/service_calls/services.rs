//! The services that the endpoints call, with the methods that they call.

/// Stands in for services that are not written yet: each of its methods panics.
#[derive(Debug)]
pub struct Missing;

/// Java: `NoticeService`.
pub trait NoticeService: Send + Sync {
    /// Java: `countUnread`.
    fn count_unread(&self, value_1: String) -> i32;
    /// Java: `find`.
    fn find(&self, value_1: String) -> Option<String>;
    /// Java: `isRead`.
    fn is_read(&self, value_1: String, value_2: String) -> bool;
    /// Java: `markRead`.
    fn mark_read(&self, value_1: String, value_2: String, value_3: i64);
}

impl NoticeService for Missing {
    fn count_unread(&self, value_1: String) -> i32 {
        todo!("NoticeService::count_unread")
    }
    fn find(&self, value_1: String) -> Option<String> {
        todo!("NoticeService::find")
    }
    fn is_read(&self, value_1: String, value_2: String) -> bool {
        todo!("NoticeService::is_read")
    }
    fn mark_read(&self, value_1: String, value_2: String, value_3: i64) {
        todo!("NoticeService::mark_read")
    }
}
