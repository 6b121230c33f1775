package import Feeds

extension FeedChain: LiveFeed {}
