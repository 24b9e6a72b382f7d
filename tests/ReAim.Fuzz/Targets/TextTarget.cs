using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>A connection of a protocol whose addresses are text: both sides say what they like, lose it, send it again, in any pieces.</summary>
internal sealed class TextTarget : FuzzTarget
{
    private const int MaxSteps = 60;
    private const int Longest = 1_400;

    private static readonly string[] s_addresses = ["203.0.113.7", "1.2.3.4", "203.100.113.213", "192.168.7.10"];

    public override string Name => "text";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            for (byte opening = 0; opening < TextSamples.Openings.Count; opening++)
            {
                yield return [opening, 1, .. Steps(TextSamples.Client.Count, 0), .. Steps(TextSamples.Server.Count, 1)];
            }

            for (byte sample = 0; sample < TextSamples.Client.Count; sample++)
            {
                yield return [1, 2, 0, sample, 0, 0, 6, 0, 1, 6, 0, 0, 4, 0, 20, 0, 90, 0, 0, sample, 3, 255];
                yield return [0, 0x81, 2, 4, sample, 6, 0, 4, 0, 0, 2, 0, 6, 0, 0, sample, 0, 0];
            }
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        (ushort port, byte[] client, byte[] server) = TextSamples.Openings[script.Byte() % TextSamples.Openings.Count];
        byte choice = script.Byte();
        var talk = new TranslatedTalk(
            new EngineOptions
            {
                PublicAddress = Addresses.Parse(s_addresses[choice & 3]),
                Protocols = ProtocolTable.All,
                ReservedPorts = (choice & 0x80) == 0 ? new HashSet<ushort>() : [5_000, 6_891, 1_140],
            },
            port);
        talk.Say(Direction.Outbound, client);
        talk.Say(Direction.Inbound, server);
        for (int step = 0; step < MaxSteps && !script.IsOver; step++)
        {
            Take(ref script, talk);
        }

        talk.Finish();
    }

    private static void Take(ref Script script, TranslatedTalk talk)
    {
        byte what = script.Byte();
        Direction direction = (what & 0x80) == 0 ? Direction.Outbound : Direction.Inbound;
        switch (what & 7)
        {
            case 0 or 1:
                IReadOnlyList<byte[]> samples = (what & 7) == 0 ? TextSamples.Client : TextSamples.Server;
                byte[] sample = [.. samples[script.Byte() % samples.Count]];
                int place = script.Word();
                if (place > 0)
                {
                    sample[place % sample.Length] ^= (byte)(place >> 8);
                }

                talk.Say((what & 7) == 0 ? Direction.Outbound : Direction.Inbound, sample);
                break;
            case 2:
                byte[] lost = [.. TextSamples.Client[script.Byte() % TextSamples.Client.Count]];
                talk.Lose(direction, lost);
                break;
            case 3:
                talk.Say(direction, script.Bytes(script.Byte()));
                break;
            case 4:
                int from = script.Word();
                talk.SayAgain(direction, from, from + Math.Min((int)script.Word(), Longest));
                break;
            case 5:
                talk.Installs = script.Byte() switch { 0 => true, 1 => false, 2 => null, _ => talk.Installs };
                talk.AnswerLate(installed: true);
                break;
            case 6:
                talk.Acknowledge(direction);
                break;
            default:
                talk.Wait(script.Byte() * (EngineOptions.Second / 100));
                break;
        }
    }

    private static IEnumerable<byte> Steps(int count, byte what) => Enumerable.Range(0, count).SelectMany(sample => new byte[] { what, (byte)sample, 0, 0, 6, 0x86 });
}
