namespace ReAim.Capture.Inspection;

/// <summary>What all connections of one inspection share.</summary>
/// <param name="Rendezvous">Where rendezvous messages are put together.</param>
/// <param name="ShowsText">True if the texts of messages were asked for; else they are not even kept.</param>
internal sealed record InspectionContext(RendezvousBook Rendezvous, bool ShowsText);
