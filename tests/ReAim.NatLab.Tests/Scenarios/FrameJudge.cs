using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.NatLab.Tests.Oscar;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// Every FLAP that left one end arrived at the other, once and in order; only the values that PROTOCOL 2.4 names may differ,
/// and only in offers.
/// </summary>
internal static class FrameJudge
{
    /// <summary>What differs on its way to a client: its neighbour's verified address too.</summary>
    private const ushort Verified = 0x0004;

    private static readonly ushort[] MayDiffer = [0x0002, 0x0003, 0x0005, 0x0015, 0x0016, 0x0017];

    /// <returns>How many FLAPs were changed.</returns>
    public static int AssertSame(IReadOnlyList<byte[]> sent, IReadOnlyList<byte[]> received, Direction direction, string what)
    {
        int changed = 0;
        for (int i = 0; i < sent.Count; i++)
        {
            // The last may still have been under way.
            if (i >= received.Count)
            {
                Assert.That(i, Is.GreaterThanOrEqualTo(sent.Count - 1), $"{what}: FLAPs that did not arrive");
                break;
            }

            if (!sent[i].AsSpan().SequenceEqual(received[i]))
            {
                changed++;
                Assert.That(Blanked(received[i], direction), Is.EqualTo(Blanked(sent[i], direction)), $"{what}: FLAP {i}");
            }
        }

        Assert.That(received, Has.Count.LessThanOrEqualTo(sent.Count), $"{what}: FLAPs that nobody sent");
        return changed;
    }

    /// <summary>An offer without the values that may be rewritten; anything else as it is.</summary>
    private static string Blanked(byte[] frame, Direction direction)
    {
        byte[] copy = [.. frame];
        for (int at = 0; at + 26 <= copy.Length; at++)
        {
            if (IsBlock(copy, at))
            {
                int end = at + BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(at - 2));
                for (int tlv = at + 26; tlv + 4 <= end;)
                {
                    int length = BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(tlv + 2));
                    ushort tag = BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(tlv));
                    if (MayDiffer.Contains(tag) || (tag == Verified && direction == Direction.Inbound))
                    {
                        copy.AsSpan(tlv + 4, length).Clear();
                    }

                    tlv += 4 + length;
                }

                break;
            }
        }

        return Convert.ToHexString(copy);
    }

    /// <summary>TLV 0005 of an offer: type 0, cookie, one of the capabilities that are helped.</summary>
    private static bool IsBlock(byte[] frame, int at) =>
        at >= 4
        && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at - 4)) == 0x0005
        && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at)) == RendezvousMessage.Propose
        && (frame.AsSpan(at + 10, 16).SequenceEqual(Uuid(SendFile)) || frame.AsSpan(at + 10, 16).SequenceEqual(Uuid(DirectIm)));
}
