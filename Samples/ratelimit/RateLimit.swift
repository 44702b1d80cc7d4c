// ratelimit: limits how much mail a user who has logged in may send.
//
//   swift run ratelimit --socket inet:8893@127.0.0.1 --count 100 --period 3600
//
// A C filter with this purpose is milter-limit. README.md has the options, and the lines for Postfix and
// Sendmail.

import MilterKit
import MilterRateLimit

@main
final class RateLimit: RateLimitFilter<RateTable> {
  override class var name: String { "ratelimit" }
  /// The counts are in the memory of one process, so workers would count separately.
  override class var maxWorkers: Int? { 1 }
}
