using Microsoft.Win32.SafeHandles;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

/// <summary>What one worker leaves to the next.</summary>
internal sealed class OfferMemoryTests
{
    private const long Now = 1_000 * EngineOptions.Second;

    private static readonly Ipv4Address s_alice = new(0xC0A8_070A), s_public = new(0xCB00_7107), s_bob = new(0xC633_644D);

    private SafeFileHandle _file = null!;

    [SetUp]
    public void Make() => _file = File.OpenHandle(
        Path.Combine(TestContext.CurrentContext.WorkDirectory, $"offers-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose);

    [TearDown]
    public void Close() => _file.Dispose();

    [Test]
    public void What_was_written_down_is_taken_over_whole()
    {
        SavedOffer offer = Offer(1) with { ConnectedFrom = s_bob, ConnectedAt = Now - 5, TellsInside = true, Peer = "bob"u8.ToArray() };
        Engine first = EngineWith(offer, Offer(2) with { IsListener = true });
        new OfferMemory(_file).Save(first);
        var next = new Engine(Options());
        Assert.That(new OfferMemory(_file).Restore(next, Now), Is.EqualTo(2));
        Install(next);
        Assert.That(Saved(next).Select(Text), Is.EquivalentTo(Saved(first).Select(Text)));
    }

    [Test]
    public void An_engine_that_never_had_an_offer_leaves_none()
    {
        new OfferMemory(_file).Save(new Engine(Options()));
        Assert.That(new OfferMemory(_file).Restore(new Engine(Options()), Now), Is.Zero);
    }

    [Test]
    public void A_worker_that_is_killed_while_it_writes_leaves_what_it_wrote_before()
    {
        Engine engine = EngineWith(Offer(1));
        var memory = new OfferMemory(_file);
        memory.Save(engine);
        engine.TryAdopt(Offer(2), Now);
        Install(engine);
        memory.Save(engine);

        // The second one is in the first place: half of it is not there yet.
        RandomAccess.Write(_file, new byte[100], fileOffset: 60);
        Assert.That(new OfferMemory(_file).Restore(new Engine(Options()), Now), Is.EqualTo(1));
    }

    [Test]
    public void What_a_restored_engine_writes_is_newer_than_what_it_read()
    {
        new OfferMemory(_file).Save(EngineWith(Offer(1)));
        var second = new Engine(Options());
        var memory = new OfferMemory(_file);
        memory.Restore(second, Now);
        second.TryAdopt(Offer(2), Now);
        Install(second);
        memory.Save(second);
        Assert.That(new OfferMemory(_file).Restore(new Engine(Options()), Now), Is.EqualTo(2));
    }

    [Test]
    public void Bytes_of_strangers_never_throw([Range(1, 200)] int seed)
    {
        var random = new Random(seed);
        var place = new byte[64 * 1024];
        int length = SavedOfferBytes.Write([Offer(1), Offer(2), Offer(3)], place);
        byte[] bytes = place[..length];
        for (int i = 0; i < 1 + (seed % 8); i++)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        var engine = new Engine(Options());
        foreach (SavedOffer offer in SavedOfferBytes.Read(bytes[..random.Next(bytes.Length + 1)]))
        {
            engine.TryAdopt(offer, Now);
        }

        engine.Advance(Now + (3_600 * EngineOptions.Second));
        Assert.That(engine.MappingCount, Is.Zero, "and nothing lasts longer than an offer may");
    }

    private static EngineOptions Options() => new() { PublicAddress = s_public };

    private static SavedOffer Offer(ushort number) => new()
    {
        Flow = new FlowKey(new Ipv4Endpoint(s_alice, (ushort)(40_000 + number)), new Ipv4Endpoint(new Ipv4Address(0xC633_6405), 5_190)),
        Protocol = "oscar",
        Cookie = number,
        Mapping = new Mapping(new Ipv4Endpoint(s_public, (ushort)(7_000 + number)), new Ipv4Endpoint(s_alice, (ushort)(7_000 + number))),
        Opened = Now - 10,
        Renewed = Now - 10,
        Deadline = Now + EngineOptions.Second,
        DeadlineReason = Reason.Expired,
    };

    private static Engine EngineWith(params SavedOffer[] offers)
    {
        var engine = new Engine(Options());
        foreach (SavedOffer offer in offers)
        {
            Assert.That(engine.TryAdopt(offer, Now), Is.True);
        }

        Install(engine);
        return engine;
    }

    private static void Install(Engine engine)
    {
        while (engine.TryTakeEffect(out Effect effect))
        {
            if (effect.Kind == EffectKind.OpenMapping)
            {
                engine.AnswerMapping(effect.Mapping, installed: true, Now);
            }
        }
    }

    private static List<SavedOffer> Saved(Engine engine)
    {
        var saved = new List<SavedOffer>();
        engine.CopyOffersTo(saved);
        return saved;
    }

    private static string Text(SavedOffer offer) => $"{offer with { Peer = default }} {Convert.ToHexString(offer.Peer.Span)}";
}
