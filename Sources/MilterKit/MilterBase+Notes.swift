extension MilterBase {
  /// Notes about the current message, which all filters of a ``MilterChain`` share.
  ///
  /// The filters after this one see its notes, and so do its own later callbacks and the conditions of members;
  /// see ``ChainEnvelope/notes``. The notes are removed when the message has ended for the whole chain, and
  /// ``messageEnded()`` of each filter has returned. A remote member has no notes. Only a member in
  /// ``ChainMember/shadow()`` itself sees the notes that it makes.
  ///
  /// Outside of a chain, only the filter itself sees its notes. They are removed after ``messageEnded()``.
  public final var messageNotes: MilterNotes {
    if let notes = heldNotes { return notes }
    let notes = MilterNotes()
    heldNotes = notes
    messageResets.append { [unowned self] in heldNotes = nil }
    return notes
  }
}
