/** Cells to build configurations from. */
export const usCell = {
    name: "us",
    number: 1,
    home: "us-east-1",
    peer: "us-east-2",
    witness: "us-west-2",
    peerServes: false,
    weight: 1,
};
export const euCell = {
    name: "eu",
    number: 2,
    home: "eu-west-1",
    peer: "eu-west-2",
    witness: "eu-west-3",
    peerServes: false,
    weight: 1,
};
export const apCell = {
    name: "ap",
    number: 3,
    home: "ap-northeast-1",
    peer: "ap-northeast-3",
    witness: "ap-northeast-2",
    peerServes: false,
    weight: 1,
};

/** A cell without a peer: one single-Region cluster. */
export function alone(cell: { name: string; number: number; home: string }) {
    return { name: cell.name, number: cell.number, home: cell.home, peerServes: false, weight: 1 };
}
