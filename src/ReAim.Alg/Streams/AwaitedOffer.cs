using ReAim.Alg.Translation;

namespace ReAim.Alg.Streams;

/// <summary>An offer whose mapping the translator has not answered for: the bytes that advertise it wait.</summary>
/// <param name="Flow">The flow it was made on.</param>
/// <param name="Side">The direction it was made in.</param>
/// <param name="Offer">The offer; pooled, so <see cref="IsCurrent"/> must be asked.</param>
/// <param name="Version">The offer's version then.</param>
/// <param name="Mapping">The mapping it waits for.</param>
/// <param name="From">The first offset that waits; <see cref="long.MaxValue"/> if the bytes have already left.</param>
/// <param name="To">The offset after the message.</param>
/// <param name="Reason">What the offer becomes once the mapping is installed.</param>
internal readonly record struct AwaitedOffer(
    Flow Flow, StreamSide Side, Offer Offer, int Version, Mapping Mapping, long From, long To, Reason Reason)
{
    /// <summary>False if the offer was closed in the meantime.</summary>
    public bool IsCurrent => Offer.Version == Version;
}
