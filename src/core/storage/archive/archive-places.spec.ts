import { AppError } from '../../../kernel/errors/app-error';
import { ArchivePlaces } from './archive-places.service';

const isBusy = (places: ArchivePlaces, caller: string): boolean => {
  try {
    places.take(caller)();
    return false;
  } catch (error) {
    return error instanceof AppError && error.code === 'busy';
  }
};

it('one caller has two places, and others theirs', () => {
  const places = new ArchivePlaces();
  places.take('ada');
  const giveBack = places.take('ada');
  expect([isBusy(places, 'ada'), isBusy(places, 'bob')]).toEqual([true, false]);
  giveBack();
  expect(isBusy(places, 'ada')).toBe(false);
});

it('a place is given back once, however often its end is told', () => {
  const places = new ArchivePlaces();
  places.take('ada');
  const giveBack = places.take('ada');
  giveBack();
  giveBack();
  places.take('ada');
  expect(isBusy(places, 'ada')).toBe(true);
});

it('there are thirty-two for all', () => {
  const places = new ArchivePlaces();
  const [first] = Array.from({ length: 32 }, (_, number) => places.take(String(number)));
  expect(isBusy(places, 'one more')).toBe(true);
  first?.();
  expect(isBusy(places, 'one more')).toBe(false);
});
