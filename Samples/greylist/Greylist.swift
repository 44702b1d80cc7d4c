// greylist: defers the first mail from a network, sender, and recipient that were not seen together before.
//
//   swift run greylist --try Samples/messages/hello.eml --store /tmp/triplets
//   swift run greylist --socket inet:8895@127.0.0.1 --store /tmp/triplets
//
// A C filter with this purpose is milter-greylist. README.md has the options, and the lines for Postfix and
// Sendmail.

import MilterGreylist
import MilterKit

@main
final class Greylist: GreylistFilter<TripletFile> {
  override class var name: String { "greylist" }
  /// Only one process may write the file of triplets.
  override class var maxWorkers: Int? { 1 }
}
