using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A client's habits: what it writes, what it tries, how long it waits (PROTOCOL 2 and 3).</summary>
internal abstract class ClientStyle
{
    public abstract string Name { get; }

    /// <summary>True if the real client has Direct IM. Here every style can do it.</summary>
    public virtual bool HasDirectIm => true;

    /// <summary>Ports to listen on, the first free one is taken; null: any by chance.</summary>
    public virtual (ushort First, ushort Last)? ListenPorts => null;

    /// <summary>How long it lets an unanswered offer stand; null: for ever.</summary>
    public virtual long? OfferTimeout => 300 * Simulation.Second;

    /// <summary>How long it waits for the connect that a counter-offer asks for; null: for ever.</summary>
    public virtual long? ListenTimeout => 30 * Simulation.Second;

    /// <summary>How long it waits for a joined session at the proxy, and for any answer on a peer connection.</summary>
    public virtual long PeerTimeout => 60 * Simulation.Second;

    /// <summary>Tries all addresses at once.</summary>
    public virtual bool InParallel => false;

    /// <summary>
    /// How long its main loop is busy with something else before it looks at its connects: those that are there by then are taken in
    /// the order in which they were begun, and the others are given up.
    /// </summary>
    public virtual long MainLoopTurn => 0;

    /// <summary>
    /// Its first connection, on either side, is the session's: whoever connects later is not even accepted, and when the first one ends
    /// before anything was said, so does the session.
    /// </summary>
    public virtual bool KeepsTheFirst => false;

    /// <summary>Sends ACCEPT when it begins to connect, not after it succeeded.</summary>
    public virtual bool AcceptsBeforeConnecting => false;

    /// <summary>Waits for the server's hello before its own.</summary>
    public virtual bool WaitsForHello => false;

    /// <summary>Writes the cookie into the first OFT2 header too.</summary>
    public virtual bool PromptHasCookie => true;

    /// <summary>If it cannot listen it proposes 0.0.0.0 and port 0, which means: your turn.</summary>
    public virtual bool ProposesZeroWhenItCannotListen => false;

    /// <summary>A Direct IM that was declined leaves the listener open until sign-off.</summary>
    public virtual bool ForgetsListenerOfDeclinedDirectIm => false;

    /// <summary>The TLVs of a proposal, in the client's order.</summary>
    public abstract byte[][] Proposal(ProposalTerms terms);

    /// <summary>The TLVs of a cancel message.</summary>
    public abstract byte[][] Cancel { get; }

    /// <summary>Declines a file by 0004/000B instead of a cancel message. A Direct IM is always declined so.</summary>
    public virtual bool DeclinesFileByError => false;

    /// <summary>What stands around the block in a proposal or cancel.</summary>
    public abstract byte[] Outer(byte[] block);

    /// <summary>What stands around the block in an accept.</summary>
    public virtual byte[] OuterOfAccept(byte[] block) => Outer(block);

    /// <summary>Where to connect for a proposal.</summary>
    /// <param name="proposal">With or without 0003 and 0004.</param>
    /// <param name="external">The client's own address as the server told it; zero if it did not.</param>
    public abstract IReadOnlyList<AddressTry> Addresses(RendezvousMessage proposal, Ipv4Address external);

    public virtual ulong Cookie(Dice dice) => dice.Next();

    public virtual ushort FirstSequence(Dice dice) => (ushort)dice.Below(0x8000);

    public virtual IFlapWriter Writer(Simulation simulation) => new WholeFrames();

    public sealed override string ToString() => Name;

    /// <summary>2711 of a file offer: one file, its size, its name.</summary>
    protected static byte[] FileData(ProposalTerms terms) =>
        terms.FileName is null ? [] : Tlv(0x2711, U16(1), U16(1), U32((uint)terms.FileSize), System.Text.Encoding.ASCII.GetBytes(terms.FileName), [0]);

    protected static byte[] Complement(ushort type, Ipv4Address address) => Address(type, new Ipv4Address(~address.Value));

    protected static byte[] Complement(ushort type, ushort port) => Tlv(type, U16((ushort)~port));
}
