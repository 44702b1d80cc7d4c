/// The state of a channel after its lines were read.
enum ChannelRest {
  /// No more bytes have arrived.
  case nothingNow
  /// More bytes have arrived, and must be read in another turn.
  case more
  /// The channel has ended.
  case end
}
