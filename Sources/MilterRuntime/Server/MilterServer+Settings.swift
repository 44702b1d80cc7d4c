extension MilterServer {
  /// How long messages under way are waited for.
  var drain: Duration { (engine?.settings.configuration ?? configuration).drain }

  /// Where the statistics can be read; nil if nowhere, or while the server does not run.
  package var metricsAddress: String? { engine?.metricsListener?.address }

  /// Where the server can be asked what it does; nil if nowhere, or while it does not run.
  package var controlAddress: String? { engine?.controlListener?.address }

  /// Has connections that come from now on keep to another configuration.
  package func reconfigure(_ configuration: MilterConfiguration) {
    engine?.reconfigure(configuration)
  }
}
