// Puts off the first mail of a network, sender and recipient not seen together; see README.md.

import MilterGreylist
import MilterKit

@main
final class Greylist: GreylistFilter<TripletFile> {
  override class var name: String { "greylist" }
  /// One process writes the file of triplets.
  override class var maxWorkers: Int? { 1 }
}
