using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Translators.Nftables;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nftables;

/// <summary>The table is changed beside those who ask for it.</summary>
[RequiresRoot]
internal sealed class NftablesTranslatorTests
{
    private static readonly Mapping First = Mapping(6_000);
    private static readonly Mapping Second = Mapping(6_001);

    [Test]
    public void Changes_happen_in_the_order_in_which_they_were_asked_for_and_each_installation_is_answered()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        int woken = 0;
        using NftablesTranslator translator = Open(gateway, () => Interlocked.Increment(ref woken));
        translator.Install(First);
        translator.Remove(First);
        translator.Install(Second);
        translator.Install(First);
        translator.Remove(Second);
        Assert.That(Answers(translator, 3), Is.EqualTo(new[] { new MappingAnswer(First, true), new MappingAnswer(Second, true), new MappingAnswer(First, true) }));
        Assert.That(Moment.Comes(() => Volatile.Read(ref woken) == 3, 5));
        Assert.That(Moment.Comes(() => !List(gateway).Contains("6001", StringComparison.Ordinal), 5));
        Assert.That(List(gateway), Does.Contain("203.0.113.1 . 6000"));
    }

    [Test]
    public void A_server_is_watched()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using NftablesTranslator translator = Open(gateway, () => { });
        translator.Expect(new Ipv4Endpoint(Address("198.51.100.5"), 5_191));
        Assert.That(Moment.Comes(() => translator.TryTakeServer(out Ipv4Endpoint server) && server.Port == 5_191, 5));
        Assert.That(MappingTable.List(gateway, "set", "servers"), Does.Contain("198.51.100.5 . 5191"));
    }

    [Test]
    public void A_translator_that_ends_closes_all_mappings()
    {
        using var gateway = new NetNamespace("gw");
        MappingTable.Create(gateway);
        using (NftablesTranslator translator = Open(gateway, () => { }))
        {
            translator.Install(First);
            translator.Install(Second);
        }

        Assert.That(List(gateway), Does.Not.Contain("elements"));
    }

    [Test]
    public void Without_its_table_an_installation_is_refused_in_words_and_works_again_when_the_table_is_back()
    {
        using var gateway = new NetNamespace("gw");
        using NftablesTranslator translator = Open(gateway, () => { });
        translator.Install(First);
        MappingAnswer answer = Answers(translator, 1)[0];
        Assert.That((answer.IsInstalled, answer.Refusal), Is.EqualTo((false, "the nftables table ip reaim is missing; it is restored within seconds")));
        MappingTable.Create(gateway);
        translator.Install(First);
        Assert.That(Answers(translator, 1)[0].IsInstalled);
    }

    private static NftablesTranslator Open(NetNamespace gateway, Action wake)
    {
        var log = new EventLog(TextWriter.Null, showsTime: false);
        return new NftablesTranslator(gateway.Inside(() => NftablesLeases.Open(log)), wake, log);
    }

    private static List<MappingAnswer> Answers(NftablesTranslator translator, int count)
    {
        var answers = new List<MappingAnswer>();
        Assert.That(Moment.Comes(
            () =>
            {
                while (translator.TryTakeAnswer(out MappingAnswer answer))
                {
                    answers.Add(answer);
                }

                return answers.Count == count;
            },
            5));
        return answers;
    }

    private static string List(NetNamespace gateway) => MappingTable.List(gateway, "set", "public_ends");

    private static Mapping Mapping(ushort port) => new(new Ipv4Endpoint(Address("203.0.113.1"), port), new Ipv4Endpoint(Address("192.168.7.10"), 5_190));

    private static Ipv4Address Address(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new ArgumentException(text);
}
