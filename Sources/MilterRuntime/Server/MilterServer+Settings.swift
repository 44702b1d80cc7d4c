extension MilterServer {
  /// How long messages under way are waited for.
  var drain: Duration { (engine?.settings.configuration ?? configuration).drain }

  /// Where the statistics can be read; nil if nowhere, or while the server does not run.
  package var metricsAddress: String? { engine?.metricsListener?.address }

  /// Has connections that come from now on keep to another configuration.
  package func reconfigure(_ configuration: MilterConfiguration) {
    engine?.reconfigure(configuration)
  }
}
