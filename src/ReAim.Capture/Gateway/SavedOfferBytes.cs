using System.Text;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>Offers as bytes, for <see cref="OfferMemory"/>.</summary>
internal static class SavedOfferBytes
{
    /// <summary>Writes as many as there is room for.</summary>
    /// <returns>How many bytes they are.</returns>
    public static int Write(IEnumerable<SavedOffer> offers, Span<byte> place)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        int length = 0;
        foreach (SavedOffer offer in offers)
        {
            Write(writer, offer);
            if (bytes.Length > place.Length)
            {
                break;
            }

            length = (int)bytes.Length;
        }

        bytes.GetBuffer().AsSpan(0, length).CopyTo(place);
        return length;
    }

    /// <summary>Reads them; what makes no sense ends it.</summary>
    public static IReadOnlyList<SavedOffer> Read(byte[] bytes)
    {
        var offers = new List<SavedOffer>();
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        try
        {
            while (reader.BaseStream.Position < bytes.Length)
            {
                offers.Add(Read(reader));
            }
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            // The rest is nobody's.
        }

        return offers;
    }

    private static void Write(BinaryWriter writer, SavedOffer offer)
    {
        writer.Write(offer.Protocol);
        Write(writer, offer.Flow.Lan);
        Write(writer, offer.Flow.Remote);
        Write(writer, offer.Mapping.Public);
        Write(writer, offer.Mapping.Lan);
        writer.Write(offer.Cookie);
        writer.Write(offer.Capability);
        writer.Write(offer.RequestId);
        writer.Write(offer.Opened);
        writer.Write(offer.Renewed);
        writer.Write(offer.Deadline);
        writer.Write((int)offer.DeadlineReason);
        writer.Write(offer.ConnectedFrom.Value);
        writer.Write(offer.ConnectedAt);
        writer.Write(offer.IsListener);
        writer.Write(offer.TellsInside);
        writer.Write(offer.IsAcceptedNearby);
        writer.Write((byte)offer.Peer.Length);
        writer.Write(offer.Peer.Span);
    }

    // In the order in which they were written.
    private static SavedOffer Read(BinaryReader reader) => new()
    {
        Protocol = reader.ReadString(),
        Flow = new FlowKey(ReadEnd(reader), ReadEnd(reader)),
        Mapping = new Mapping(ReadEnd(reader), ReadEnd(reader)),
        Cookie = reader.ReadUInt64(),
        Capability = reader.ReadUInt16(),
        RequestId = reader.ReadUInt32(),
        Opened = reader.ReadInt64(),
        Renewed = reader.ReadInt64(),
        Deadline = reader.ReadInt64(),
        DeadlineReason = ReadReason(reader),
        ConnectedFrom = new Ipv4Address(reader.ReadUInt32()),
        ConnectedAt = reader.ReadInt64(),
        IsListener = reader.ReadBoolean(),
        TellsInside = reader.ReadBoolean(),
        IsAcceptedNearby = reader.ReadBoolean(),
        Peer = ReadPeer(reader),
    };

    private static void Write(BinaryWriter writer, Ipv4Endpoint end)
    {
        writer.Write(end.Address.Value);
        writer.Write(end.Port);
    }

    private static Ipv4Endpoint ReadEnd(BinaryReader reader) => new(new Ipv4Address(reader.ReadUInt32()), reader.ReadUInt16());

    private static Reason ReadReason(BinaryReader reader)
    {
        var reason = (Reason)reader.ReadInt32();
        return Enum.IsDefined(reason) ? reason : throw new FormatException("There is no such reason.");
    }

    private static byte[] ReadPeer(BinaryReader reader)
    {
        int length = reader.ReadByte();
        byte[] peer = reader.ReadBytes(length);
        return peer.Length == length && length <= Offer.MaxPeerLength ? peer : throw new FormatException("No name is so long.");
    }
}
