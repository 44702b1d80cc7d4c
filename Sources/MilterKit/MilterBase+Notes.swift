extension MilterBase {
  /// Notes about the current message, which all filters of a ``MilterChain`` share.
  ///
  /// What a filter notes is there for the filters after it, for its own later callbacks, and for the
  /// conditions of members; see ``ChainEnvelope/notes``. The notes are gone when the message has ended for
  /// the whole chain, whatever became of it, and after ``messageEnded()`` of each filter has returned. A remote
  /// member has none. What a member in ``ChainMember/shadow()`` notes is there for itself only.
  ///
  /// Outside of a chain the notes are the filter's own, and gone when ``messageEnded()`` has returned.
  public final var messageNotes: MilterNotes {
    if let notes = heldNotes { return notes }
    let notes = MilterNotes()
    heldNotes = notes
    messageResets.append { [unowned self] in heldNotes = nil }
    return notes
  }
}
