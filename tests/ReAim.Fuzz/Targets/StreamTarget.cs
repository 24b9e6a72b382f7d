using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>
/// What a client says, in segments cut anywhere, some twice and out of order, against the reference that has all bytes at hand.
/// </summary>
internal sealed class StreamTarget : FuzzTarget
{
    private const int MaxCuts = 12;

    /// <summary>What fits in a segment that a card would cut.</summary>
    private const int Longest = 60_000;

    public override string Name => "stream";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            foreach (byte[] vector in Recordings.Vectors.Where(vector => vector.FromClient).Select(vector => vector.Bytes))
            {
                yield return [2, 0, 9, 0, 60, 0, 0, .. vector];
            }

            yield return [3, 0, 3, 0, 50, 0, 200, 1, 2, 3, .. Messages.Offer(Addresses.Alice, 5190), .. Messages.Cancel(), .. Messages.Offer(Addresses.Alice, 5191, cookie: 2)];
            yield return [0, 1, .. Messages.Offer(Addresses.Alice, 5190), .. Messages.InstantMessage("x"), .. Messages.Offer(Addresses.Alice, 5190, cookie: 2)];
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        byte choice = script.Byte();
        int cuts = choice % MaxCuts;
        int[] at = new int[cuts];
        for (int i = 0; i < cuts; i++)
        {
            at[i] = script.Word();
        }

        byte[] order = script.Bytes(cuts + 1).ToArray();
        byte[] stream = script.Bytes(Longest).ToArray();
        EngineOptions options = ReferenceCheck.Options(isRemapping: (choice & 0x80) != 0);
        var check = new ReferenceCheck(options);
        List<(int From, int To)> segments = Segments(stream.Length, at);
        IEnumerable<(int From, int To)> ordered = segments
            .Select((segment, number) => (segment, rank: number + (number < order.Length ? order[number] & 3 : 0)))
            .OrderBy(entry => entry.rank)
            .Select(entry => entry.segment);
        // The last byte of the order says which segment comes twice.
        int twice = order.Length == 0 ? 0 : order[^1];
        check.Send(stream, [.. ordered, .. segments.Where((_, number) => number == twice - 1)]);
    }

    private static List<(int From, int To)> Segments(int length, int[] cuts)
    {
        int[] edges = [.. cuts.Where(cut => cut > 0 && cut < length).Append(0).Append(length).Distinct().Order()];
        return [.. edges.Zip(edges.Skip(1))];
    }
}
